namespace PeftLabs.Models;

/// <summary>
/// The type in which matrix products are computed. CPUs without 16-bit arithmetic take float32 alone; norms, softmax, losses and sums
/// are in float32 everywhere.
/// </summary>
public enum ArithmeticType
{
    /// <summary>Single precision.</summary>
    Float32,

    /// <summary>bfloat16 operands.</summary>
    BFloat16,

    /// <summary>IEEE half-precision operands; the loss is scaled, so that small gradients do not vanish.</summary>
    Float16,
}
