namespace PeftLabs.Quantization;

/// <summary>A floating-point format of sixteen bits.</summary>
public enum SixteenBitFormat
{
    /// <summary>The upper half of a float32: 8 bits of exponent, 7 of fraction.</summary>
    BFloat16,

    /// <summary>IEEE 754 half precision: 5 bits of exponent, 10 of fraction.</summary>
    Float16,
}
