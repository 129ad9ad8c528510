using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>One floating-point value a weight: float32, bfloat16 or float16.</summary>
/// <param name="Type">The type in which values are stored.</param>
public sealed record DenseFormat(ScalarType Type) : WeightFormat
{
    /// <inheritdoc/>
    public override string Name => Type.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public override long StoredBytes(long rows, long columns) => rows * columns * (Type == ScalarType.Float32 ? 4 : 2);

    /// <inheritdoc/>
    public override StoredWeight Allocate(long rows, long columns, Device device) =>
        new DenseWeight(this, empty([rows, columns], dtype: Type, device: device));

    /// <inheritdoc/>
    internal override IReadOnlyList<StoredPart> Parts(long rows, long columns) => [new("weight", Type, rows, columns)];

    /// <inheritdoc/>
    internal override StoredWeight TakeOver(long rows, long columns, IReadOnlyList<Tensor> parts, ScalarType valueType) =>
        new DenseWeight(this, parts[0]);
}
