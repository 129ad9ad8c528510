using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// float32 to bfloat16 or float16 and back. Narrowing rounds to the nearest, halves to even; what is too large becomes an infinity, and a
/// NaN stays a NaN with its sign and the upper bits of its payload, made quiet. Widening is exact.
/// </summary>
/// <param name="format">The format.</param>
public sealed unsafe class SixteenBitCodec(SixteenBitFormat format)
{
    /// <summary>The format.</summary>
    public SixteenBitFormat Format { get; } = format;

    /// <summary>Threads at most; all cores unless said.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal CpuKernels Kernels { get; init; } = CpuKernels.Best;

    /// <summary>Narrows: a code for each value.</summary>
    /// <exception cref="ArgumentException">There are not as many codes as values.</exception>
    public void Narrow(ReadOnlySpan<float> values, Span<ushort> codes)
    {
        Check.Length(nameof(codes), codes.Length, values.Length);
        fixed (float* pinnedValues = values)
        fixed (ushort* pinnedCodes = codes)
        {
            var (source, target) = ((nint)pinnedValues, (nint)pinnedCodes);
            Partition.Run(values.Length, 64, 1, Threads,
                (start, end) => Narrow((float*)source + start, (nint)(end - start), (ushort*)target + start));
        }
    }

    /// <summary>Widens: a value for each code.</summary>
    /// <exception cref="ArgumentException">There are not as many values as codes.</exception>
    public void Widen(ReadOnlySpan<ushort> codes, Span<float> values) => View(codes, 1, codes.Length).Dequantize(values);

    /// <summary>A matrix [rows, columns] over memory of the caller's.</summary>
    /// <exception cref="ArgumentException">codes are not rows × columns.</exception>
    public SixteenBitMatrix View(ReadOnlySpan<ushort> codes, int rows, int columns) => new(this, codes, rows, columns);

    private void Narrow(float* values, nint count, ushort* codes)
    {
        if (Format == SixteenBitFormat.BFloat16)
            Kernels.EncodeBFloat16(values, count, codes);
        else
            Kernels.EncodeFloat16(values, count, codes);
    }
}
