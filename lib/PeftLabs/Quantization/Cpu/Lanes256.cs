using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PeftLabs.Quantization.Cpu;

/// <summary>A table of sixteen floats in two AVX2 registers.</summary>
internal readonly record struct Table256(Vector256<float> Low, Vector256<float> High);

/// <summary>Sixteen lanes in two AVX2 registers.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> low, Vector256<float> high) : ILanes<Lanes256, Table256>
{
    private static Vector256<uint> NibbleStart => Vector256.Create(4u, 0, 12, 8, 20, 16, 28, 24);

    private readonly Vector256<float> _low = low;
    private readonly Vector256<float> _high = high;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    private static Lanes256 Of(Vector256<int> low, Vector256<int> high) => new(low.AsSingle(), high.AsSingle());

    private Vector256<int> LowBits => _low.AsInt32();

    private Vector256<int> HighBits => _high.AsInt32();

    public static Lanes256 Broadcast(float value) => new(Vector256.Create(value), Vector256.Create(value));

    public static Lanes256 BroadcastBits(int value) => Of(Vector256.Create(value), Vector256.Create(value));

    public static Lanes256 Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    public static void Store(Lanes256 value, float* destination)
    {
        value._low.Store(destination);
        value._high.Store(destination + 8);
    }

    public static void StoreStreaming(Lanes256 value, float* destination)
    {
        value._low.StoreAlignedNonTemporal(destination);
        value._high.StoreAlignedNonTemporal(destination + 8);
    }

    public static Lanes256 LoadUInt16(ushort* source) =>
        Of(Avx2.ConvertToVector256Int32(source), Avx2.ConvertToVector256Int32(source + 8));

    public static void StoreUInt16(Lanes256 value, ushort* destination) =>
        Avx2.Permute4x64(Avx2.PackUnsignedSaturate(value.LowBits, value.HighBits).AsUInt64(), 0b11_01_10_00).AsUInt16().Store(destination);

    public static Lanes256 LoadSByte(sbyte* source) =>
        Of(Avx2.ConvertToVector256Int32(source), Avx2.ConvertToVector256Int32(source + 8));

    public static void StoreSByte(Lanes256 value, sbyte* destination)
    {
        var words = Words(value.LowBits, value.HighBits);
        Sse2.PackSignedSaturate(words.GetLower(), words.GetUpper()).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Gather(float* table, byte* index) => new(
        Avx2.GatherVector256(table, Avx2.ConvertToVector256Int32(index), sizeof(float)),
        Avx2.GatherVector256(table, Avx2.ConvertToVector256Int32(index + 8), sizeof(float)));

    public static Lanes256 Add(Lanes256 a, Lanes256 b) => new(a._low + b._low, a._high + b._high);

    public static Lanes256 Multiply(Lanes256 a, Lanes256 b) => new(a._low * b._low, a._high * b._high);

    public static Lanes256 Subtract(Lanes256 a, Lanes256 b) => new(a._low - b._low, a._high - b._high);

    public static Lanes256 Divide(Lanes256 a, Lanes256 b) => new(a._low / b._low, a._high / b._high);

    public static Lanes256 Min(Lanes256 a, Lanes256 b) => new(Vector256.Min(a._low, b._low), Vector256.Min(a._high, b._high));

    public static Lanes256 Max(Lanes256 a, Lanes256 b) => new(Vector256.Max(a._low, b._low), Vector256.Max(a._high, b._high));

    public static Lanes256 FusedMultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Fma.MultiplyAdd(a._low, b._low, c._low), Fma.MultiplyAdd(a._high, b._high, c._high));

    public static Lanes256 SquareRoot(Lanes256 value) => new(Vector256.Sqrt(value._low), Vector256.Sqrt(value._high));

    public static Lanes256 Round(Lanes256 value) => new(Vector256.Round(value._low), Vector256.Round(value._high));

    public static float Sum(Lanes256 value)
    {
        var eight = value._low + value._high;
        return Lanes128.SumFour(eight.GetLower() + eight.GetUpper());
    }

    public static Lanes256 And(Lanes256 a, Lanes256 b) => Of(a.LowBits & b.LowBits, a.HighBits & b.HighBits);

    public static Lanes256 Or(Lanes256 a, Lanes256 b) => Of(a.LowBits | b.LowBits, a.HighBits | b.HighBits);

    public static Lanes256 AddBits(Lanes256 a, Lanes256 b) => Of(a.LowBits + b.LowBits, a.HighBits + b.HighBits);

    public static Lanes256 MultiplyBits(Lanes256 a, Lanes256 b) => Of(a.LowBits * b.LowBits, a.HighBits * b.HighBits);

    public static Lanes256 Xor(Lanes256 a, Lanes256 b) => Of(a.LowBits ^ b.LowBits, a.HighBits ^ b.HighBits);

    public static Lanes256 ShiftLeft(Lanes256 value, int bits) => Of(value.LowBits << bits, value.HighBits << bits);

    public static Lanes256 ShiftRight(Lanes256 value, int bits) => Of(value.LowBits >>> bits, value.HighBits >>> bits);

    public static Lanes256 MaxBits(Lanes256 a, Lanes256 b) =>
        Of(Vector256.Max(a.LowBits, b.LowBits), Vector256.Max(a.HighBits, b.HighBits));

    public static int MaxBitsAcross(Lanes256 value)
    {
        var eight = Vector256.Max(value.LowBits, value.HighBits);
        return Lanes128.MaxOfFour(Vector128.Max(eight.GetLower(), eight.GetUpper()));
    }

    public static Lanes256 GreaterBits(Lanes256 a, Lanes256 b) =>
        Of(Vector256.GreaterThan(a.LowBits, b.LowBits), Vector256.GreaterThan(a.HighBits, b.HighBits));

    public static Lanes256 Select(Lanes256 mask, Lanes256 whereSet, Lanes256 elsewhere) => new(
        Vector256.ConditionalSelect(mask._low, whereSet._low, elsewhere._low),
        Vector256.ConditionalSelect(mask._high, whereSet._high, elsewhere._high));

    public static Lanes256 ToInteger(Lanes256 value) =>
        Of(Avx.ConvertToVector256Int32WithTruncation(value._low), Avx.ConvertToVector256Int32WithTruncation(value._high));

    public static Lanes256 ToFloat(Lanes256 value) =>
        new(Vector256.ConvertToSingle(value.LowBits), Vector256.ConvertToSingle(value.HighBits));

    public static Table256 Table(float* sixteen) => new(Vector256.Load(sixteen), Vector256.Load(sixteen + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Lookup(Table256 table, byte* packed) => new(LookupEight(table, packed), LookupEight(table, packed + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LookupEight(Table256 table, byte* packed)
    {
        var nibbles = Avx2.ShiftRightLogicalVariable(Vector256.Create(*(uint*)packed), NibbleStart).AsInt32();
        // A permute looks at the low three bits; the nibble's highest, moved to the sign, chooses between the halves of the table.
        var low = Avx2.PermuteVar8x32(table.Low, nibbles);
        var high = Avx2.PermuteVar8x32(table.High, nibbles);
        return Avx.BlendVariable(low, high, (nibbles << 28).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Encode(Table256 tree, float* bounds, Vector128<byte> codeOfRank, Lanes256 value, byte* packed)
    {
        var words = Words(Rank(tree, value._low), Rank(tree, value._high));
        StorePacked(Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper()), codeOfRank, packed);
    }

    // Nodes 1 to 7 lie in the low half of the tree and 8 to 15 in the high half, so no step has to choose between the halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Rank(Table256 tree, Vector256<float> value)
    {
        var node = Vector256<int>.One;
        node = Step(tree.Low, node, value);
        node = Step(tree.Low, node, value);
        node = Step(tree.Low, node, value);
        return Step(tree.High, node, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Step(Vector256<float> half, Vector256<int> node, Vector256<float> value) =>
        node + node - Vector256.GreaterThan(value, Avx2.PermuteVar8x32(half, node)).AsInt32();

    private static Vector256<short> Words(Vector256<int> low, Vector256<int> high) =>
        Avx2.Permute4x64(Avx2.PackSignedSaturate(low, high).AsInt64(), 0b11_01_10_00).AsInt16();

    /// <summary>Ranks plus 16, a byte each, as eight bytes of codes: the shuffle looks at the low four bits only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StorePacked(Vector128<byte> nodes, Vector128<byte> codeOfRank, byte* packed)
    {
        var codes = Ssse3.Shuffle(codeOfRank, nodes);
        var pairs = Ssse3.MultiplyAddAdjacent(codes, Vector128.Create((short)0x0110).AsSByte());
        *(ulong*)packed = Sse2.PackUnsignedSaturate(pairs, pairs).AsUInt64().ToScalar();
    }

    public static void Transpose8(float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        Transpose4Wide(source, sourceStride, destination, destinationStride);
        Transpose4Wide(source + 4, sourceStride, destination + 4 * destinationStride, destinationStride);
    }

    // Four columns of eight rows: rows 0-3 in the low lanes, rows 4-7 in the high ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4Wide(float* source, nint stride, float* destination, nint destinationStride)
    {
        var a = Vector256.Create(Vector128.Load(source), Vector128.Load(source + 4 * stride));
        var b = Vector256.Create(Vector128.Load(source + stride), Vector128.Load(source + 5 * stride));
        var c = Vector256.Create(Vector128.Load(source + 2 * stride), Vector128.Load(source + 6 * stride));
        var d = Vector256.Create(Vector128.Load(source + 3 * stride), Vector128.Load(source + 7 * stride));
        var abLow = Avx.UnpackLow(a, b).AsDouble();
        var abHigh = Avx.UnpackHigh(a, b).AsDouble();
        var cdLow = Avx.UnpackLow(c, d).AsDouble();
        var cdHigh = Avx.UnpackHigh(c, d).AsDouble();
        Avx.UnpackLow(abLow, cdLow).AsSingle().Store(destination);
        Avx.UnpackHigh(abLow, cdLow).AsSingle().Store(destination + destinationStride);
        Avx.UnpackLow(abHigh, cdHigh).AsSingle().Store(destination + 2 * destinationStride);
        Avx.UnpackHigh(abHigh, cdHigh).AsSingle().Store(destination + 3 * destinationStride);
    }
}
