using System.Runtime.Intrinsics;

namespace PeftLabs.Quantization.Cpu;

/// <summary>
/// Sixteen 32-bit lanes, whatever registers hold them. Every kernel is written once over this interface, so that all instruction sets
/// give the same bits: each lane sees the same operations in the same order, and sums across lanes follow one fixed tree.
/// </summary>
/// <typeparam name="TSelf">The sixteen lanes.</typeparam>
/// <typeparam name="TTable">A table of sixteen floats, laid out for looking up.</typeparam>
internal unsafe interface ILanes<TSelf, TTable>
    where TSelf : unmanaged, ILanes<TSelf, TTable>
    where TTable : unmanaged
{
    /// <summary>Lanes in one value.</summary>
    const int Count = 16;

    static abstract TSelf Broadcast(float value);

    static abstract TSelf BroadcastBits(int value);

    static abstract TSelf Load(float* source);

    static abstract void Store(TSelf value, float* destination);

    /// <summary>Stores past the caches; the destination is aligned to 64 bytes.</summary>
    static abstract void StoreStreaming(TSelf value, float* destination);

    /// <summary>Sixteen 16-bit numbers, zero-extended.</summary>
    static abstract TSelf LoadUInt16(ushort* source);

    /// <summary>The low 16 bits of each lane, which holds less than 65536.</summary>
    static abstract void StoreUInt16(TSelf value, ushort* destination);

    /// <summary>Sixteen signed bytes as integers.</summary>
    static abstract TSelf LoadSByte(sbyte* source);

    /// <summary>Integers in [-128, 127] as signed bytes.</summary>
    static abstract void StoreSByte(TSelf value, sbyte* destination);

    /// <summary>table[index[lane]] for a table of 256 floats.</summary>
    static abstract TSelf Gather(float* table, byte* index);

    static abstract TSelf Add(TSelf a, TSelf b);

    static abstract TSelf Multiply(TSelf a, TSelf b);

    static abstract TSelf Subtract(TSelf a, TSelf b);

    static abstract TSelf Divide(TSelf a, TSelf b);

    /// <summary>The smaller one; NaN where either is.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger one; NaN where either is.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>a × b + c, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf SquareRoot(TSelf value);

    /// <summary>To the nearest integer, halves to even, still as a float.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>Lane i + lane i+8, then i+4, i+2, i+1.</summary>
    static abstract float Sum(TSelf value);

    static abstract TSelf And(TSelf a, TSelf b);

    static abstract TSelf Or(TSelf a, TSelf b);

    static abstract TSelf AddBits(TSelf a, TSelf b);

    /// <summary>The low 32 bits of the integers' product.</summary>
    static abstract TSelf MultiplyBits(TSelf a, TSelf b);

    static abstract TSelf Xor(TSelf a, TSelf b);

    static abstract TSelf ShiftLeft(TSelf value, int bits);

    static abstract TSelf ShiftRight(TSelf value, int bits);

    /// <summary>The larger as signed integers.</summary>
    static abstract TSelf MaxBits(TSelf a, TSelf b);

    /// <summary>The largest lane as a signed integer.</summary>
    static abstract int MaxBitsAcross(TSelf value);

    /// <summary>All ones where a &gt; b as signed integers.</summary>
    static abstract TSelf GreaterBits(TSelf a, TSelf b);

    static abstract TSelf Select(TSelf mask, TSelf whereSet, TSelf elsewhere);

    /// <summary>Floats to integers, towards zero.</summary>
    static abstract TSelf ToInteger(TSelf value);

    /// <summary>Integers to floats.</summary>
    static abstract TSelf ToFloat(TSelf value);

    static abstract TTable Table(float* sixteen);

    /// <summary>table[nibble] for the sixteen nibbles of eight bytes, high nibble first.</summary>
    static abstract TSelf Lookup(TTable table, byte* packed);

    /// <summary>
    /// Counts for each lane how many of the 15 ascending bounds it exceeds and writes the codes of those ranks as eight bytes, first
    /// value in the high nibble. <paramref name="tree"/> holds the same bounds as a binary search tree whose root is entry 1.
    /// </summary>
    static abstract void Encode(TTable tree, float* bounds, Vector128<byte> codeOfRank, TSelf value, byte* packed);

    /// <summary>destination[column, row] = source[row, column] for eight rows and eight columns.</summary>
    static abstract void Transpose8(float* source, nint sourceStride, float* destination, nint destinationStride);
}
