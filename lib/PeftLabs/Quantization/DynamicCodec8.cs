using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// 8-bit blockwise quantization with the signed dynamic map, as bitsandbytes does it on a CPU: value × (1 / absmax) is rounded to the
/// nearest of 65536 points spread over [-1, 1], and that point takes the nearest level. A block of zeros has code 0 throughout, which
/// decodes to (negative) zeros.
/// </summary>
/// <param name="blockSize">
/// Values in a block: 256 (scales of scales, optimizer states) or 4096, or another power of two between 32 and 4096.
/// </param>
/// <exception cref="ArgumentOutOfRangeException">The block size is none of these.</exception>
public sealed unsafe class DynamicCodec8(int blockSize)
{
    /// <summary>Values in a block.</summary>
    public int BlockSize { get; } = Check.BlockSize(blockSize);

    /// <summary>Threads at most; all cores unless said.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal CpuKernels Kernels { get; init; } = CpuKernels.Best;

    /// <summary>Blocks, the last one perhaps short.</summary>
    public long Blocks(long values) => Check.Blocks(values, BlockSize);

    /// <summary>Quantizes.</summary>
    /// <exception cref="NonFiniteWeightException">A value is NaN or infinite; codes and absMax then hold nothing of use.</exception>
    /// <exception cref="ArgumentException">codes or absMax are of another length than the values ask for.</exception>
    public void Quantize(ReadOnlySpan<float> values, Span<byte> codes, Span<float> absMax)
    {
        Check.Length(nameof(codes), codes.Length, values.Length);
        Check.Length(nameof(absMax), absMax.Length, Blocks(values.Length));
        fixed (float* source = values, scales = absMax)
        fixed (byte* target = codes)
            BlockEncoder.Run(new Writer(Kernels, target), source, values.Length, BlockSize, scales, Threads);
    }

    /// <summary>values[i] = level[code i] × absmax of its block, rounded once.</summary>
    /// <exception cref="ArgumentException">codes or scales are of another length than the values ask for.</exception>
    public void Dequantize(ReadOnlySpan<byte> codes, BlockScales scales, Span<float> values) =>
        View(codes, scales, 1, values.Length).Dequantize(values);

    /// <summary>A quantized matrix [rows, columns] over memory of the caller's.</summary>
    /// <exception cref="ArgumentException">codes or scales are of another length than the shape asks for.</exception>
    public DynamicMatrix8 View(ReadOnlySpan<byte> codes, BlockScales scales, int rows, int columns) =>
        new(this, codes, scales, rows, columns);

    private readonly struct Writer(CpuKernels kernels, byte* codes) : IBlockWriter
    {
        private readonly byte* _codes = codes;

        public CpuKernels Kernels => kernels;

        public void Write(float* values, long first, int count, ref float absMax)
        {
            if (absMax == 0)
                new Span<byte>(_codes + first, count).Clear();
            else if (float.IsFinite(1 / absMax))
                kernels.EncodeDynamic8(DynamicMap.Search, values, count, 1 / absMax, _codes + first);
            else
                WriteDivided(values, count, absMax, _codes + first);
        }

        // The inverse of a subnormal scale may overflow, and zeros would become NaN.
        private void WriteDivided(float* values, int count, float absMax, byte* codes)
        {
            using var divided = new DividedBlock(values, count, absMax);
            fixed (float* scaled = divided)
                kernels.EncodeDynamic8(DynamicMap.Search, scaled, count, 1, codes);
        }
    }
}
