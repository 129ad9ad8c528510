using System.Runtime.Intrinsics;

namespace PeftLabs.Quantization.Cpu;

/// <summary>
/// The inner loops over raw memory, one instance an instruction set; all instances give the same bits. Counts need no alignment and no
/// divisor unless said; pointers may be unaligned.
/// </summary>
internal abstract unsafe partial class CpuKernels
{
    /// <summary>What bitsandbytes multiplies by instead of dividing by 127.</summary>
    public const float Inverse127 = 7.874015718698502e-3f;

    /// <summary>Every instance that this machine runs, the fastest first; the last one is plain C#.</summary>
    public static IReadOnlyList<CpuKernels> Available { get; } = List();

    /// <summary>The fastest instance of this machine.</summary>
    public static CpuKernels Best => Available[0];

    public abstract string Name { get; }

    private static List<CpuKernels> List()
    {
        var list = new List<CpuKernels>();
        if (Lanes512.IsSupported)
            list.Add(new LaneKernels<Lanes512, Vector512<float>>("AVX-512"));
        if (Lanes256.IsSupported)
            list.Add(new LaneKernels<Lanes256, Table256>("AVX2"));
        if (Lanes128.IsSupported)
            list.Add(new LaneKernels<Lanes128, Table128>("128-bit"));
        list.Add(new LaneKernels<LanesScalar, LanesScalar>("portable"));
        return list;
    }

    /// <summary>
    /// The bits of the largest |value|: magnitudes order as their bits do, and a NaN or an infinity stands above every finite number.
    /// </summary>
    public abstract int MaxMagnitudeBits(float* values, nint count);

    /// <summary>Two codes a byte for values × inverse; an odd count leaves the code of zero in the last low nibble.</summary>
    public abstract void Encode4(CodeBook4 book, float* values, nint count, float inverse, byte* packed);

    /// <summary>Whole blocks, a multiple of 32 values each; <paramref name="streaming"/> needs a destination aligned to 64 bytes.</summary>
    public abstract void Decode4(CodeBook4 book, byte* packed, nint block, nint blocks, float* scales, float* values, bool streaming);

    /// <summary>Part of one block, from an even position on.</summary>
    public abstract void DecodePart4(CodeBook4 book, byte* packed, nint count, float scale, float* values);

    /// <summary>y[row] = Σ W[row, column] · x[column] for rows of whole blocks and each vector; scales holds row after row.</summary>
    public abstract void Multiply4(
        CodeBook4 book, byte* packed, nint block, nint blocksPerRow, float* scales, VectorBatch x, float* y, nint rows);

    /// <summary>codes = search[the 65536th part of [-1, 1] in which value × inverse lies].</summary>
    public abstract void EncodeDynamic8(byte* search, float* values, nint count, float inverse, byte* codes);

    /// <summary>values = levels[codes] × scale.</summary>
    public abstract void DecodeDynamic8(float* levels, byte* codes, nint count, float scale, float* values);

    /// <summary>values = levels[codes] × scale + offset, rounded twice.</summary>
    public abstract void DecodeNested(float* levels, byte* codes, nint count, float scale, float offset, float* values);

    /// <summary>Σ levels[codes] · x within one row for each vector, block by block; a scale for each started block.</summary>
    public abstract void DotDynamic8(float* levels, byte* codes, nint count, nint block, float* scales, VectorBatch x, float* sums);

    /// <summary>codes = value × scale to the nearest integer, halves to even.</summary>
    public abstract void EncodeInt8(float* values, nint count, float scale, sbyte* codes);

    /// <summary>values = code × scale ÷ 127, the division as a product with the nearest float of 1/127.</summary>
    public abstract void DecodeInt8(sbyte* codes, nint count, float scale, float* values);

    /// <summary>y[row] = Σ code · x for rows of so many columns and each vector, unscaled.</summary>
    public abstract void DotInt8(sbyte* codes, nint columns, nint rows, VectorBatch x, float* y);

    public abstract void EncodeBFloat16(float* values, nint count, ushort* codes);

    public abstract void DecodeBFloat16(ushort* codes, nint count, float* values);

    /// <summary>y[row] = Σ w · x for rows of so many columns and each vector.</summary>
    public abstract void DotBFloat16(ushort* codes, nint columns, nint rows, VectorBatch x, float* y);

    public abstract void EncodeFloat16(float* values, nint count, ushort* codes);

    public abstract void DecodeFloat16(ushort* codes, nint count, float* values);

    /// <summary>y[row] = Σ w · x for rows of so many columns and each vector.</summary>
    public abstract void DotFloat16(ushort* codes, nint columns, nint rows, VectorBatch x, float* y);

    /// <summary>y[row] = Σ w · x for rows of so many columns and each vector.</summary>
    public abstract void DotFloat32(float* w, nint columns, nint rows, VectorBatch x, float* y);

    /// <summary>destination[column, row] = source[row, column].</summary>
    public abstract void Transpose(float* source, nint sourceStride, nint rows, nint columns, float* destination, nint destinationStride);
}
