using PeftLabs.Quantization.Cpu;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>
/// Four bits a weight and a scale for each block (NF4 or FP4), laid out as bitsandbytes does (<see cref="BlockCodec4"/>). Blocks run
/// through the flattened matrix, across the ends of rows; the last one may be short.
/// </summary>
public sealed record BlockFormat4 : WeightFormat
{
    /// <summary>A format.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The block size is no power of two from 32 to 4096.</exception>
    public BlockFormat4(CodeBook4 book, int blockSize = 64, bool doubleQuantization = false) =>
        (Book, BlockSize, DoubleQuantization) = (book, Check.BlockSize(blockSize), doubleQuantization);

    /// <summary>The sixteen levels.</summary>
    public CodeBook4 Book { get; }

    /// <summary>Weights that share a scale.</summary>
    public int BlockSize { get; }

    /// <summary>Whether the scales are quantized once more, to 8.125 bits each.</summary>
    public bool DoubleQuantization { get; }

    /// <inheritdoc/>
    public override string Name => Book.Name + (DoubleQuantization ? "-dq" : "") + (BlockSize == 64 ? "" : $":{BlockSize}");

    /// <inheritdoc/>
    public override long StoredBytes(long rows, long columns)
    {
        var blocks = Check.Blocks(rows * columns, BlockSize);
        var scales = DoubleQuantization ? blocks + 4 * Check.Blocks(blocks, BlockScales.DefaultNestedBlockSize) : 4 * blocks;
        return BlockCodec4.PackedBytes(rows * columns) + scales;
    }

    /// <inheritdoc/>
    public override long RowUnit(long columns) => Check.RowUnit(BlockSize, columns);

    /// <inheritdoc/>
    public override StoredWeight Allocate(long rows, long columns, Device device)
    {
        CheckedCodeBytes(BlockCodec4.PackedBytes(rows * columns), rows, columns);
        return new BlockWeight4(this, rows, columns, device);
    }
}
