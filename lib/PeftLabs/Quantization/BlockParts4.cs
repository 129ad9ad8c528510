using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>The parts of a 4-bit matrix as a checkpoint holds them, checked against its shape.</summary>
/// <param name="Codes">uint8 <c>[bytes, 1]</c>.</param>
/// <param name="AbsMax">float32 <c>[blocks]</c>, or uint8 where the scales are doubly quantized.</param>
/// <param name="ValueType">What the weights were before.</param>
internal sealed record BlockParts4(Tensor Codes, Tensor AbsMax, ScalarType ValueType)
{
    /// <summary>float32, one for every 256 scales.</summary>
    public Tensor? NestedAbsMax { get; init; }

    /// <summary>The scales' mean.</summary>
    public float Offset { get; init; }

    /// <summary>The levels of the scales' codes.</summary>
    public float[]? NestedLevels { get; init; }
}
