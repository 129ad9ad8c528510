using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>A signed byte a weight and a scale for each row (<see cref="RowCodec8"/>).</summary>
public sealed record Int8RowFormat : WeightFormat
{
    /// <inheritdoc/>
    public override string Name => "int8-row";

    /// <inheritdoc/>
    public override long StoredBytes(long rows, long columns) => rows * columns + 4 * rows;

    /// <inheritdoc/>
    public override StoredWeight Allocate(long rows, long columns, Device device)
    {
        CheckedCodeBytes(rows * columns, rows, columns);
        return new Int8RowWeight(this, rows, columns, device);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<StoredPart> Parts(long rows, long columns) =>
        [new("weight", ScalarType.Int8, rows, columns), new("SCB", ScalarType.Float32, rows)];

    /// <inheritdoc/>
    internal override StoredWeight TakeOver(long rows, long columns, IReadOnlyList<Tensor> parts, ScalarType valueType) =>
        new Int8RowWeight(this, parts[0], parts[1]);
}
