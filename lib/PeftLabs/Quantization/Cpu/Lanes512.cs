using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PeftLabs.Quantization.Cpu;

/// <summary>Sixteen lanes in one AVX-512 register; a table of sixteen floats is one too, so that a lookup is one permute.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512, Vector512<float>>
{
    // The bit at which each weight's nibble starts among eight bytes, once in the lowest byte of each 32-bit lane (the others are unused).
    private static Vector512<byte> NibbleStart => Vector512.Create(4, 0, 12, 8, 20, 16, 28, 24, 36, 32, 44, 40, 52, 48, 60, 56)
        .AsByte();

    private static Vector512<byte> ByteOfLane => Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7).AsByte();
    private static Vector512<uint> ShiftOfLane => Vector512.Create(4u, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0);

    private readonly Vector512<float> _v = value;

    public static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported && Lanes256.IsSupported;

    private Vector512<int> Bits => _v.AsInt32();

    private static Lanes512 Of(Vector512<int> bits) => new(bits.AsSingle());

    public static Lanes512 Broadcast(float value) => new(Vector512.Create(value));

    public static Lanes512 BroadcastBits(int value) => Of(Vector512.Create(value));

    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    public static void Store(Lanes512 value, float* destination) => value._v.Store(destination);

    public static void StoreStreaming(Lanes512 value, float* destination) => value._v.StoreAlignedNonTemporal(destination);

    public static Lanes512 LoadUInt16(ushort* source) => Of(Avx512F.ConvertToVector512Int32(Vector256.Load(source)));

    public static void StoreUInt16(Lanes512 value, ushort* destination) =>
        Avx512F.ConvertToVector256UInt16(value._v.AsUInt32()).Store(destination);

    public static Lanes512 LoadSByte(sbyte* source) => Of(Avx512F.ConvertToVector512Int32(Vector128.Load(source)));

    public static void StoreSByte(Lanes512 value, sbyte* destination) => Avx512F.ConvertToVector128SByte(value.Bits).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Gather(float* table, byte* index) => new(Vector512.Create(
        Avx2.GatherVector256(table, Avx2.ConvertToVector256Int32(index), sizeof(float)),
        Avx2.GatherVector256(table, Avx2.ConvertToVector256Int32(index + 8), sizeof(float))));

    public static Lanes512 Add(Lanes512 a, Lanes512 b) => new(a._v + b._v);

    public static Lanes512 Multiply(Lanes512 a, Lanes512 b) => new(a._v * b._v);

    public static Lanes512 Subtract(Lanes512 a, Lanes512 b) => new(a._v - b._v);

    public static Lanes512 Divide(Lanes512 a, Lanes512 b) => new(a._v / b._v);

    public static Lanes512 Min(Lanes512 a, Lanes512 b) => new(Vector512.Min(a._v, b._v));

    public static Lanes512 Max(Lanes512 a, Lanes512 b) => new(Vector512.Max(a._v, b._v));

    public static Lanes512 FusedMultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) => new(Avx512F.FusedMultiplyAdd(a._v, b._v, c._v));

    public static Lanes512 SquareRoot(Lanes512 value) => new(Vector512.Sqrt(value._v));

    public static Lanes512 Round(Lanes512 value) => new(Vector512.Round(value._v));

    public static float Sum(Lanes512 value)
    {
        var eight = value._v.GetLower() + value._v.GetUpper();
        return Lanes128.SumFour(eight.GetLower() + eight.GetUpper());
    }

    public static Lanes512 And(Lanes512 a, Lanes512 b) => Of(a.Bits & b.Bits);

    public static Lanes512 Or(Lanes512 a, Lanes512 b) => Of(a.Bits | b.Bits);

    public static Lanes512 AddBits(Lanes512 a, Lanes512 b) => Of(a.Bits + b.Bits);

    public static Lanes512 MultiplyBits(Lanes512 a, Lanes512 b) => Of(a.Bits * b.Bits);

    public static Lanes512 Xor(Lanes512 a, Lanes512 b) => Of(a.Bits ^ b.Bits);

    public static Lanes512 ShiftLeft(Lanes512 value, int bits) => Of(value.Bits << bits);

    public static Lanes512 ShiftRight(Lanes512 value, int bits) => Of(value.Bits >>> bits);

    public static Lanes512 MaxBits(Lanes512 a, Lanes512 b) => Of(Vector512.Max(a.Bits, b.Bits));

    public static int MaxBitsAcross(Lanes512 value)
    {
        var eight = Vector256.Max(value.Bits.GetLower(), value.Bits.GetUpper());
        return Lanes128.MaxOfFour(Vector128.Max(eight.GetLower(), eight.GetUpper()));
    }

    public static Lanes512 GreaterBits(Lanes512 a, Lanes512 b) => Of(Vector512.GreaterThan(a.Bits, b.Bits));

    public static Lanes512 Select(Lanes512 mask, Lanes512 whereSet, Lanes512 elsewhere) =>
        Of(Vector512.ConditionalSelect(mask.Bits, whereSet.Bits, elsewhere.Bits));

    public static Lanes512 ToInteger(Lanes512 value) => Of(Avx512F.ConvertToVector512Int32WithTruncation(value._v));

    public static Lanes512 ToFloat(Lanes512 value) => new(Vector512.ConvertToSingle(value.Bits));

    public static Vector512<float> Table(float* sixteen) => Vector512.Load(sixteen);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Lookup(Vector512<float> table, byte* packed)
    {
        var eightBytes = Vector512.Create(*(ulong*)packed);
        // The permute looks at the low four bits of a lane only, so what stands above the nibble does not matter.
        var nibbles = Avx512Vbmi.IsSupported
            ? Avx512Vbmi.MultiShift(NibbleStart, eightBytes).AsInt32()
            : Avx512F.ShiftRightLogicalVariable(Avx512BW.Shuffle(eightBytes.AsByte(), ByteOfLane).AsUInt32(), ShiftOfLane).AsInt32();
        return new(Avx512F.PermuteVar16x32(table, nibbles));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Encode(Vector512<float> tree, float* bounds, Vector128<byte> codeOfRank, Lanes512 value, byte* packed)
    {
        var node = Vector512<int>.One;
        node = Step(tree, node, value._v);
        node = Step(tree, node, value._v);
        node = Step(tree, node, value._v);
        node = Step(tree, node, value._v);
        Lanes256.StorePacked(Avx512F.ConvertToVector128Byte(node.AsUInt32()), codeOfRank, packed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Step(Vector512<float> tree, Vector512<int> node, Vector512<float> value) =>
        node + node - Vector512.GreaterThan(value, Avx512F.PermuteVar16x32(tree, node)).AsInt32();

    public static void Transpose8(float* source, nint sourceStride, float* destination, nint destinationStride) =>
        Lanes256.Transpose8(source, sourceStride, destination, destinationStride);
}
