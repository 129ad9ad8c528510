namespace PeftLabs.Models;

/// <summary>How activations that wait for backward are stored; arithmetic is in float32 all the same.</summary>
public enum ActivationType
{
    /// <summary>As they were computed.</summary>
    Float32,

    /// <summary>Rounded to bfloat16: half the bytes, 8 bits of mantissa.</summary>
    BFloat16,

    /// <summary>Rounded to IEEE half precision: half the bytes, 11 bits of mantissa, at most 65,504.</summary>
    Float16,
}
