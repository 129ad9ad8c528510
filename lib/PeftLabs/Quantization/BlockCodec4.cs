using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// 4-bit blockwise quantization as bitsandbytes stores it: along the flattened row-major matrix every block of values keeps its largest
/// magnitude (absmax) and a code for each value × (1 / absmax); two codes a byte, the first in the high nibble. The last block may be
/// short; after an odd number of values the last low nibble is the code of zero. Blocks whose largest magnitude is below 1e-38 are scaled
/// as if it were 1e-38.
/// </summary>
/// <param name="book">The sixteen levels.</param>
/// <param name="blockSize">Values in a block: 64 (QLoRA), 128, 256, 512, 1024, 2048 or 4096; 32 is read too.</param>
/// <exception cref="ArgumentOutOfRangeException">The block size is none of these.</exception>
public sealed unsafe class BlockCodec4(CodeBook4 book, int blockSize)
{
    /// <summary>The sixteen levels.</summary>
    public CodeBook4 Book { get; } = book;

    /// <summary>Values in a block.</summary>
    public int BlockSize { get; } = Check.BlockSize(blockSize);

    /// <summary>Threads at most; all cores unless said.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal CpuKernels Kernels { get; init; } = CpuKernels.Best;

    /// <summary>Bytes of codes for so many values.</summary>
    public static long PackedBytes(long values) => (values + 1) / 2;

    /// <summary>Blocks, the last one perhaps short.</summary>
    public long Blocks(long values) => Check.Blocks(values, BlockSize);

    /// <summary>Quantizes; a block of zeros decodes to zeros.</summary>
    /// <exception cref="NonFiniteWeightException">
    /// A value is NaN or infinite; packed and absMax then hold nothing of use.
    /// </exception>
    /// <exception cref="ArgumentException">packed or absMax are of another length than the values ask for.</exception>
    public void Quantize(ReadOnlySpan<float> values, Span<byte> packed, Span<float> absMax)
    {
        Check.Length(nameof(packed), packed.Length, PackedBytes(values.Length));
        Check.Length(nameof(absMax), absMax.Length, Blocks(values.Length));
        fixed (float* source = values, scales = absMax)
        fixed (byte* codes = packed)
            BlockEncoder.Run(new Writer(this, codes), source, values.Length, BlockSize, scales, Threads);
    }

    /// <summary>values[i] = level[code i] × absmax of its block, rounded once.</summary>
    /// <exception cref="ArgumentException">packed or scales are of another length than the values ask for.</exception>
    public void Dequantize(ReadOnlySpan<byte> packed, BlockScales scales, Span<float> values) =>
        View(packed, scales, 1, values.Length).Dequantize(values);

    /// <summary>A quantized matrix [rows, columns] over memory of the caller's.</summary>
    /// <exception cref="ArgumentException">packed or scales are of another length than the shape asks for.</exception>
    public BlockMatrix4 View(ReadOnlySpan<byte> packed, BlockScales scales, int rows, int columns) =>
        new(this, packed, scales, rows, columns);

    private readonly struct Writer(BlockCodec4 codec, byte* packed) : IBlockWriter
    {
        private const float SmallestScale = 1e-38f;

        private readonly byte* _packed = packed;

        public CpuKernels Kernels => codec.Kernels;

        // bitsandbytes takes the inverse of a whole block's scale, but divides by that of a short one, and raises that one to 1e-38.
        public void Write(float* values, long first, int count, ref float absMax)
        {
            var scale = Math.Max(absMax, SmallestScale);
            if (count == codec.BlockSize)
            {
                Kernels.Encode4(codec.Book, values, count, 1 / scale, _packed + first / 2);
                return;
            }
            absMax = scale;
            using var divided = new DividedBlock(values, count, scale);
            fixed (float* scaled = divided)
                Kernels.Encode4(codec.Book, scaled, count, 1, _packed + first / 2);
        }
    }
}
