using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PeftLabs.Quantization.Cpu;

/// <summary>Sixteen lanes one after the other: runs everywhere, and is what the other paths are held against.</summary>
[InlineArray(16)]
internal unsafe struct LanesScalar : ILanes<LanesScalar, LanesScalar>
{
    private float _first;

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(value);

    private static float Of(int bits) => BitConverter.Int32BitsToSingle(bits);

    // The optimizing compiler of .NET 10 makes a load of four bytes of "the float whose bits are this byte"; a store of an integer stays one.
    private static Span<int> Integers(ref LanesScalar lanes) => MemoryMarshal.Cast<float, int>((Span<float>)lanes);

    public static LanesScalar Broadcast(float value)
    {
        LanesScalar lanes = default;
        for (var i = 0; i < 16; i++)
            lanes[i] = value;
        return lanes;
    }

    public static LanesScalar BroadcastBits(int value) => Broadcast(Of(value));

    public static LanesScalar Load(float* source)
    {
        LanesScalar lanes = default;
        for (var i = 0; i < 16; i++)
            lanes[i] = source[i];
        return lanes;
    }

    public static void Store(LanesScalar value, float* destination)
    {
        for (var i = 0; i < 16; i++)
            destination[i] = value[i];
    }

    public static void StoreStreaming(LanesScalar value, float* destination) => Store(value, destination);

    public static LanesScalar LoadUInt16(ushort* source)
    {
        LanesScalar lanes = default;
        for (var i = 0; i < 16; i++)
            Integers(ref lanes)[i] = source[i];
        return lanes;
    }

    public static void StoreUInt16(LanesScalar value, ushort* destination)
    {
        for (var i = 0; i < 16; i++)
            destination[i] = (ushort)Bits(value[i]);
    }

    public static LanesScalar LoadSByte(sbyte* source)
    {
        LanesScalar lanes = default;
        for (var i = 0; i < 16; i++)
            Integers(ref lanes)[i] = source[i];
        return lanes;
    }

    public static void StoreSByte(LanesScalar value, sbyte* destination)
    {
        for (var i = 0; i < 16; i++)
            destination[i] = (sbyte)Bits(value[i]);
    }

    public static LanesScalar Gather(float* table, byte* index)
    {
        LanesScalar lanes = default;
        for (var i = 0; i < 16; i++)
            lanes[i] = table[index[i]];
        return lanes;
    }

    public static LanesScalar Add(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = a[i] + b[i];
        return a;
    }

    public static LanesScalar Multiply(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = a[i] * b[i];
        return a;
    }

    public static LanesScalar Subtract(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = a[i] - b[i];
        return a;
    }

    public static LanesScalar Divide(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = a[i] / b[i];
        return a;
    }

    public static LanesScalar Min(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = MathF.Min(a[i], b[i]);
        return a;
    }

    public static LanesScalar Max(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = MathF.Max(a[i], b[i]);
        return a;
    }

    public static LanesScalar FusedMultiplyAdd(LanesScalar a, LanesScalar b, LanesScalar c)
    {
        for (var i = 0; i < 16; i++)
            a[i] = MathF.FusedMultiplyAdd(a[i], b[i], c[i]);
        return a;
    }

    public static LanesScalar SquareRoot(LanesScalar value)
    {
        for (var i = 0; i < 16; i++)
            value[i] = MathF.Sqrt(value[i]);
        return value;
    }

    public static LanesScalar Round(LanesScalar value)
    {
        for (var i = 0; i < 16; i++)
            value[i] = MathF.Round(value[i]);
        return value;
    }

    public static float Sum(LanesScalar value)
    {
        for (var half = 8; half > 0; half /= 2)
            for (var i = 0; i < half; i++)
                value[i] += value[i + half];
        return value[0];
    }

    public static LanesScalar And(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = Of(Bits(a[i]) & Bits(b[i]));
        return a;
    }

    public static LanesScalar Or(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = Of(Bits(a[i]) | Bits(b[i]));
        return a;
    }

    public static LanesScalar AddBits(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = Of(unchecked(Bits(a[i]) + Bits(b[i])));
        return a;
    }

    public static LanesScalar MultiplyBits(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = Of(unchecked(Bits(a[i]) * Bits(b[i])));
        return a;
    }

    public static LanesScalar Xor(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = Of(Bits(a[i]) ^ Bits(b[i]));
        return a;
    }

    public static LanesScalar ShiftLeft(LanesScalar value, int bits)
    {
        for (var i = 0; i < 16; i++)
            value[i] = Of(Bits(value[i]) << bits);
        return value;
    }

    public static LanesScalar ShiftRight(LanesScalar value, int bits)
    {
        for (var i = 0; i < 16; i++)
            value[i] = Of(Bits(value[i]) >>> bits);
        return value;
    }

    public static LanesScalar MaxBits(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = Of(Math.Max(Bits(a[i]), Bits(b[i])));
        return a;
    }

    public static int MaxBitsAcross(LanesScalar value)
    {
        var best = int.MinValue;
        for (var i = 0; i < 16; i++)
            best = Math.Max(best, Bits(value[i]));
        return best;
    }

    public static LanesScalar GreaterBits(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < 16; i++)
            a[i] = Of(Bits(a[i]) > Bits(b[i]) ? -1 : 0);
        return a;
    }

    public static LanesScalar Select(LanesScalar mask, LanesScalar whereSet, LanesScalar elsewhere)
    {
        for (var i = 0; i < 16; i++)
            mask[i] = Bits(mask[i]) != 0 ? whereSet[i] : elsewhere[i];
        return mask;
    }

    public static LanesScalar ToInteger(LanesScalar value)
    {
        for (var i = 0; i < 16; i++)
            value[i] = Of((int)value[i]);
        return value;
    }

    public static LanesScalar ToFloat(LanesScalar value)
    {
        for (var i = 0; i < 16; i++)
            value[i] = Bits(value[i]);
        return value;
    }

    public static LanesScalar Table(float* sixteen) => Load(sixteen);

    public static LanesScalar Lookup(LanesScalar table, byte* packed)
    {
        LanesScalar lanes = default;
        for (var i = 0; i < 16; i++)
            lanes[i] = table[i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2] & 15];
        return lanes;
    }

    public static void Encode(LanesScalar tree, float* bounds, Vector128<byte> codeOfRank, LanesScalar value, byte* packed)
    {
        for (var i = 0; i < 16; i += 2)
            packed[i / 2] = (byte)(Code(bounds, codeOfRank, value[i]) << 4 | Code(bounds, codeOfRank, value[i + 1]));
    }

    private static int Code(float* bounds, Vector128<byte> codeOfRank, float value)
    {
        var rank = 0;
        while (rank < 15 && value > bounds[rank])
            rank++;
        return codeOfRank[rank];
    }

    public static void Transpose8(float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        for (var row = 0; row < 8; row++)
            for (var column = 0; column < 8; column++)
                destination[column * destinationStride + row] = source[row * sourceStride + column];
    }
}
