using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace PeftLabs.Quantization.Cpu;

/// <summary>A table of sixteen floats as four registers: the first byte of each float, the second, the third, the fourth.</summary>
internal readonly record struct Table128(Vector128<byte> Byte0, Vector128<byte> Byte1, Vector128<byte> Byte2, Vector128<byte> Byte3);

/// <summary>
/// Sixteen lanes in four 128-bit registers: Arm NEON, and x86 without AVX2. The code is the same for both, so that a test on x86 runs
/// what Arm runs: byte tables are looked up by <c>tbl</c> there and by <c>pshufb</c> here.
/// </summary>
internal readonly unsafe struct Lanes128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    : ILanes<Lanes128, Table128>
{
    private readonly Vector128<float> _a = a;
    private readonly Vector128<float> _b = b;
    private readonly Vector128<float> _c = c;
    private readonly Vector128<float> _d = d;

    public static bool IsSupported => AdvSimd.Arm64.IsSupported || Sse41.IsSupported;

    private static Lanes128 Of(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d) =>
        new(a.AsSingle(), b.AsSingle(), c.AsSingle(), d.AsSingle());

    private Vector128<int> A => _a.AsInt32();

    private Vector128<int> B => _b.AsInt32();

    private Vector128<int> C => _c.AsInt32();

    private Vector128<int> D => _d.AsInt32();

    private static Lanes128 All(Vector128<float> v) => new(v, v, v, v);

    public static Lanes128 Broadcast(float value) => All(Vector128.Create(value));

    public static Lanes128 BroadcastBits(int value) => All(Vector128.Create(value).AsSingle());

    public static Lanes128 Load(float* source) =>
        new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    public static void Store(Lanes128 value, float* destination)
    {
        value._a.Store(destination);
        value._b.Store(destination + 4);
        value._c.Store(destination + 8);
        value._d.Store(destination + 12);
    }

    public static void StoreStreaming(Lanes128 value, float* destination)
    {
        value._a.StoreAlignedNonTemporal(destination);
        value._b.StoreAlignedNonTemporal(destination + 4);
        value._c.StoreAlignedNonTemporal(destination + 8);
        value._d.StoreAlignedNonTemporal(destination + 12);
    }

    public static Lanes128 LoadUInt16(ushort* source)
    {
        var (a, b) = Vector128.Widen(Vector128.Load(source));
        var (c, d) = Vector128.Widen(Vector128.Load(source + 8));
        return Of(a.AsInt32(), b.AsInt32(), c.AsInt32(), d.AsInt32());
    }

    public static void StoreUInt16(Lanes128 value, ushort* destination)
    {
        Vector128.Narrow(value.A.AsUInt32(), value.B.AsUInt32()).Store(destination);
        Vector128.Narrow(value.C.AsUInt32(), value.D.AsUInt32()).Store(destination + 8);
    }

    public static Lanes128 LoadSByte(sbyte* source)
    {
        var (low, high) = Vector128.Widen(Vector128.Load(source));
        var (a, b) = Vector128.Widen(low);
        var (c, d) = Vector128.Widen(high);
        return Of(a, b, c, d);
    }

    public static void StoreSByte(Lanes128 value, sbyte* destination) =>
        Vector128.Narrow(Vector128.Narrow(value.A, value.B), Vector128.Narrow(value.C, value.D)).Store(destination);

    public static Lanes128 Gather(float* table, byte* i) => new(
        Vector128.Create(table[i[0]], table[i[1]], table[i[2]], table[i[3]]),
        Vector128.Create(table[i[4]], table[i[5]], table[i[6]], table[i[7]]),
        Vector128.Create(table[i[8]], table[i[9]], table[i[10]], table[i[11]]),
        Vector128.Create(table[i[12]], table[i[13]], table[i[14]], table[i[15]]));

    public static Lanes128 Add(Lanes128 x, Lanes128 y) => new(x._a + y._a, x._b + y._b, x._c + y._c, x._d + y._d);

    public static Lanes128 Multiply(Lanes128 x, Lanes128 y) => new(x._a * y._a, x._b * y._b, x._c * y._c, x._d * y._d);

    public static Lanes128 Subtract(Lanes128 x, Lanes128 y) => new(x._a - y._a, x._b - y._b, x._c - y._c, x._d - y._d);

    public static Lanes128 Divide(Lanes128 x, Lanes128 y) => new(x._a / y._a, x._b / y._b, x._c / y._c, x._d / y._d);

    public static Lanes128 Min(Lanes128 x, Lanes128 y) => new(Vector128.Min(x._a, y._a), Vector128.Min(x._b, y._b),
        Vector128.Min(x._c, y._c), Vector128.Min(x._d, y._d));

    public static Lanes128 Max(Lanes128 a, Lanes128 b) => new(
        Vector128.Max(a._a, b._a), Vector128.Max(a._b, b._b), Vector128.Max(a._c, b._c), Vector128.Max(a._d, b._d));

    public static Lanes128 FusedMultiplyAdd(Lanes128 x, Lanes128 y, Lanes128 z) => new(
        Vector128.FusedMultiplyAdd(x._a, y._a, z._a), Vector128.FusedMultiplyAdd(x._b, y._b, z._b),
        Vector128.FusedMultiplyAdd(x._c, y._c, z._c), Vector128.FusedMultiplyAdd(x._d, y._d, z._d));

    public static Lanes128 SquareRoot(Lanes128 x) =>
        new(Vector128.Sqrt(x._a), Vector128.Sqrt(x._b), Vector128.Sqrt(x._c), Vector128.Sqrt(x._d));

    public static Lanes128 Round(Lanes128 x) =>
        new(Vector128.Round(x._a), Vector128.Round(x._b), Vector128.Round(x._c), Vector128.Round(x._d));

    public static float Sum(Lanes128 x) => SumFour(x._a + x._c + (x._b + x._d));

    internal static float SumFour(Vector128<float> v) => v[0] + v[2] + (v[1] + v[3]);

    public static Lanes128 And(Lanes128 x, Lanes128 y) => Of(x.A & y.A, x.B & y.B, x.C & y.C, x.D & y.D);

    public static Lanes128 Or(Lanes128 x, Lanes128 y) => Of(x.A | y.A, x.B | y.B, x.C | y.C, x.D | y.D);

    public static Lanes128 AddBits(Lanes128 x, Lanes128 y) => Of(x.A + y.A, x.B + y.B, x.C + y.C, x.D + y.D);

    public static Lanes128 MultiplyBits(Lanes128 x, Lanes128 y) => Of(x.A * y.A, x.B * y.B, x.C * y.C, x.D * y.D);

    public static Lanes128 Xor(Lanes128 x, Lanes128 y) => Of(x.A ^ y.A, x.B ^ y.B, x.C ^ y.C, x.D ^ y.D);

    public static Lanes128 ShiftLeft(Lanes128 x, int bits) => Of(x.A << bits, x.B << bits, x.C << bits, x.D << bits);

    public static Lanes128 ShiftRight(Lanes128 x, int bits) => Of(x.A >>> bits, x.B >>> bits, x.C >>> bits, x.D >>> bits);

    public static Lanes128 MaxBits(Lanes128 x, Lanes128 y) =>
        Of(Vector128.Max(x.A, y.A), Vector128.Max(x.B, y.B), Vector128.Max(x.C, y.C), Vector128.Max(x.D, y.D));

    public static int MaxBitsAcross(Lanes128 x) => MaxOfFour(Vector128.Max(Vector128.Max(x.A, x.B), Vector128.Max(x.C, x.D)));

    internal static int MaxOfFour(Vector128<int> v) => Math.Max(Math.Max(v[0], v[1]), Math.Max(v[2], v[3]));

    public static Lanes128 GreaterBits(Lanes128 x, Lanes128 y) => Of(
        Vector128.GreaterThan(x.A, y.A), Vector128.GreaterThan(x.B, y.B), Vector128.GreaterThan(x.C, y.C), Vector128.GreaterThan(x.D, y.D));

    public static Lanes128 Select(Lanes128 mask, Lanes128 x, Lanes128 y) => new(
        Vector128.ConditionalSelect(mask._a, x._a, y._a), Vector128.ConditionalSelect(mask._b, x._b, y._b),
        Vector128.ConditionalSelect(mask._c, x._c, y._c), Vector128.ConditionalSelect(mask._d, x._d, y._d));

    public static Lanes128 ToInteger(Lanes128 x) => Of(
        Vector128.ConvertToInt32(x._a), Vector128.ConvertToInt32(x._b), Vector128.ConvertToInt32(x._c), Vector128.ConvertToInt32(x._d));

    public static Lanes128 ToFloat(Lanes128 x) => new(
        Vector128.ConvertToSingle(x.A), Vector128.ConvertToSingle(x.B), Vector128.ConvertToSingle(x.C), Vector128.ConvertToSingle(x.D));

    public static Table128 Table(float* sixteen)
    {
        var planes = stackalloc byte[64];
        for (var i = 0; i < 64; i++)
            planes[i % 4 * 16 + i / 4] = ((byte*)sixteen)[i];
        return new(Vector128.Load(planes), Vector128.Load(planes + 16), Vector128.Load(planes + 32), Vector128.Load(planes + 48));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Lookup(Table128 table, byte* packed)
    {
        var bytes = Vector128.CreateScalarUnsafe(*(ulong*)packed).AsByte();
        var codes = ZipLow(bytes >>> 4, bytes & Vector128.Create((byte)15));
        var byte0 = Vector128.ShuffleNative(table.Byte0, codes);
        var byte1 = Vector128.ShuffleNative(table.Byte1, codes);
        var byte2 = Vector128.ShuffleNative(table.Byte2, codes);
        var byte3 = Vector128.ShuffleNative(table.Byte3, codes);
        var (low, lowHalf) = (ZipLow(byte0, byte1).AsUInt16(), ZipHigh(byte0, byte1).AsUInt16());
        var (high, highHalf) = (ZipLow(byte2, byte3).AsUInt16(), ZipHigh(byte2, byte3).AsUInt16());
        return new(ZipLow(low, high).AsSingle(), ZipHigh(low, high).AsSingle(),
            ZipLow(lowHalf, highHalf).AsSingle(), ZipHigh(lowHalf, highHalf).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Encode(Table128 tree, float* bounds, Vector128<byte> codeOfRank, Lanes128 value, byte* packed)
    {
        var (a, b, c, d) = (Vector128<int>.Zero, Vector128<int>.Zero, Vector128<int>.Zero, Vector128<int>.Zero);
        for (var i = 0; i < 15; i++)
        {
            var bound = Vector128.Create(bounds[i]);
            a -= Vector128.GreaterThan(value._a, bound).AsInt32();
            b -= Vector128.GreaterThan(value._b, bound).AsInt32();
            c -= Vector128.GreaterThan(value._c, bound).AsInt32();
            d -= Vector128.GreaterThan(value._d, bound).AsInt32();
        }
        var ranks = Vector128.Narrow(Vector128.Narrow(a, b), Vector128.Narrow(c, d)).AsByte();
        var pairs = Vector128.ShuffleNative(codeOfRank, ranks).AsUInt16();
        var bytes = (pairs << 4 | pairs >>> 8) & Vector128.Create((ushort)255);
        *(ulong*)packed = Vector128.Narrow(bytes, bytes).AsUInt64().ToScalar();
    }

    public static void Transpose8(float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        for (var row = 0; row < 8; row += 4)
            for (var column = 0; column < 8; column += 4)
                Transpose4(source + row * sourceStride + column, sourceStride,
                    destination + column * destinationStride + row, destinationStride);
    }

    private static void Transpose4(float* source, nint stride, float* destination, nint destinationStride)
    {
        var (a, b) = (Vector128.Load(source).AsUInt32(), Vector128.Load(source + stride).AsUInt32());
        var (c, d) = (Vector128.Load(source + 2 * stride).AsUInt32(), Vector128.Load(source + 3 * stride).AsUInt32());
        var (abLow, abHigh) = (ZipLow(a, b).AsUInt64(), ZipHigh(a, b).AsUInt64());
        var (cdLow, cdHigh) = (ZipLow(c, d).AsUInt64(), ZipHigh(c, d).AsUInt64());
        ZipLow(abLow, cdLow).AsSingle().Store(destination);
        ZipHigh(abLow, cdLow).AsSingle().Store(destination + destinationStride);
        ZipLow(abHigh, cdHigh).AsSingle().Store(destination + 2 * destinationStride);
        ZipHigh(abHigh, cdHigh).AsSingle().Store(destination + 3 * destinationStride);
    }

    private static Vector128<byte> ZipLow(Vector128<byte> x, Vector128<byte> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y) : Sse2.UnpackLow(x, y);

    private static Vector128<byte> ZipHigh(Vector128<byte> x, Vector128<byte> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y) : Sse2.UnpackHigh(x, y);

    private static Vector128<ushort> ZipLow(Vector128<ushort> x, Vector128<ushort> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y) : Sse2.UnpackLow(x, y);

    private static Vector128<ushort> ZipHigh(Vector128<ushort> x, Vector128<ushort> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y) : Sse2.UnpackHigh(x, y);

    private static Vector128<uint> ZipLow(Vector128<uint> x, Vector128<uint> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y) : Sse2.UnpackLow(x, y);

    private static Vector128<uint> ZipHigh(Vector128<uint> x, Vector128<uint> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y) : Sse2.UnpackHigh(x, y);

    private static Vector128<ulong> ZipLow(Vector128<ulong> x, Vector128<ulong> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y) : Sse2.UnpackLow(x, y);

    private static Vector128<ulong> ZipHigh(Vector128<ulong> x, Vector128<ulong> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y) : Sse2.UnpackHigh(x, y);
}
