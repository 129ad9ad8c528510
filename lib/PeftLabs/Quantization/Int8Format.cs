using PeftLabs.Quantization.Cpu;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>A byte of the dynamic map a weight and a scale for each block (<see cref="DynamicCodec8"/>).</summary>
public sealed record Int8Format : WeightFormat
{
    /// <summary>A format.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The block size is no power of two from 32 to 4096.</exception>
    public Int8Format(int blockSize = 256) => BlockSize = Check.BlockSize(blockSize);

    /// <summary>Weights that share a scale.</summary>
    public int BlockSize { get; }

    /// <inheritdoc/>
    public override string Name => BlockSize == 256 ? "int8" : $"int8:{BlockSize}";

    /// <inheritdoc/>
    public override long StoredBytes(long rows, long columns) => rows * columns + 4 * Check.Blocks(rows * columns, BlockSize);

    /// <inheritdoc/>
    public override long RowUnit(long columns) => Check.RowUnit(BlockSize, columns);

    /// <inheritdoc/>
    public override StoredWeight Allocate(long rows, long columns, Device device)
    {
        CheckedCodeBytes(rows * columns, rows, columns);
        return new Int8Weight(this, rows, columns, device);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<StoredPart> Parts(long rows, long columns) =>
        [new("weight", ScalarType.Byte, rows, columns), new("absmax", ScalarType.Float32, Check.Blocks(rows * columns, BlockSize))];

    /// <inheritdoc/>
    internal override StoredWeight TakeOver(long rows, long columns, IReadOnlyList<Tensor> parts, ScalarType valueType) =>
        new Int8Weight(this, parts[0], parts[1]);
}
