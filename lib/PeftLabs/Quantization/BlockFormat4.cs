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

    /// <inheritdoc/>
    internal override IReadOnlyList<StoredPart> Parts(long rows, long columns)
    {
        var blocks = Check.Blocks(rows * columns, BlockSize);
        var codes = new StoredPart("weight", ScalarType.Byte, BlockCodec4.PackedBytes(rows * columns), 1);
        return !DoubleQuantization
            ? [codes, new("absmax", ScalarType.Float32, blocks)]
            : [codes, new("absmax", ScalarType.Byte, blocks),
                new("nested_absmax", ScalarType.Float32, Check.Blocks(blocks, BlockScales.DefaultNestedBlockSize))];
    }

    /// <summary>The offset and the 256 levels of doubly quantized scales.</summary>
    internal override int Scalars => DoubleQuantization ? 257 : 0;

    /// <inheritdoc/>
    internal override StoredWeight TakeOver(long rows, long columns, IReadOnlyList<Tensor> parts, ScalarType valueType) =>
        new BlockWeight4(this, rows, columns, parts[0].device,
            new(parts[0], parts[1], valueType) { NestedAbsMax = DoubleQuantization ? parts[2] : null });
}
