namespace PeftLabs.Quantization;

/// <summary>A weight that is NaN or infinite, which no quantized format can hold.</summary>
public sealed class NonFiniteWeightException(long position, float value)
    : ArithmeticException($"The weight at position {position} is {value}; only finite weights can be quantized.")
{
    /// <summary>The first such weight's place in the row-major values that were to be quantized.</summary>
    public long Position { get; } = position;

    /// <summary>NaN, or an infinity.</summary>
    public float Value { get; } = value;
}
