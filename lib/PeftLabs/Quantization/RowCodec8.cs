using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// 8-bit row-wise quantization, as bitsandbytes stores LLM.int8() weights (arXiv 2208.07339): value × (127 / absmax of its row), rounded
/// to the nearest integer, halves to even. Decoding multiplies by absmax and then by the float nearest to 1/127.
/// </summary>
public sealed unsafe class RowCodec8
{
    /// <summary>Threads at most; all cores unless said.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal CpuKernels Kernels { get; init; } = CpuKernels.Best;

    /// <summary>Quantizes rows of so many columns.</summary>
    /// <exception cref="NonFiniteWeightException">A value is NaN or infinite; codes and rowAbsMax then hold nothing of use.</exception>
    /// <exception cref="ArgumentException">The lengths do not fit: rowAbsMax has one number for each row.</exception>
    public void Quantize(ReadOnlySpan<float> values, int columns, Span<sbyte> codes, Span<float> rowAbsMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Check.Length(nameof(values), values.Length, (long)rowAbsMax.Length * columns);
        Check.Length(nameof(codes), codes.Length, values.Length);
        fixed (float* source = values, scales = rowAbsMax)
        fixed (sbyte* target = codes)
            BlockEncoder.Run(new Writer(Kernels, target), source, values.Length, columns, scales, Threads);
    }

    /// <summary>A quantized matrix [rows, columns] over memory of the caller's; rowAbsMax has one number for each row.</summary>
    /// <exception cref="ArgumentException">codes are not rows × columns.</exception>
    public RowMatrix8 View(ReadOnlySpan<sbyte> codes, ReadOnlySpan<float> rowAbsMax, int columns) => new(this, codes, rowAbsMax, columns);

    private readonly struct Writer(CpuKernels kernels, sbyte* codes) : IBlockWriter
    {
        private readonly sbyte* _codes = codes;

        public CpuKernels Kernels => kernels;

        public void Write(float* values, long first, int count, ref float absMax)
        {
            var scale = absMax == 0 ? 0 : 127 / absMax;
            if (float.IsFinite(scale))
                kernels.EncodeInt8(values, count, scale, _codes + first);
            else
                WriteDivided(values, count, absMax, _codes + first);
        }

        // 127 / absmax overflows for a tiny scale, and zeros would become NaN.
        private void WriteDivided(float* values, int count, float absMax, sbyte* codes)
        {
            using var divided = new DividedBlock(values, count, absMax, largest: 127);
            fixed (float* scaled = divided)
                kernels.EncodeInt8(scaled, count, 1, codes);
        }
    }
}
