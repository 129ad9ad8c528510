namespace PeftLabs.Training;

/// <summary>The rule that moves parameters.</summary>
public enum OptimizerKind
{
    /// <summary>AdamW (arXiv 1711.05101) with two float32 moments.</summary>
    AdamW,

    /// <summary>AdamW with both moments in dynamically quantized bytes (arXiv 2110.02861).</summary>
    AdamW8Bit,

    /// <summary>AdamW whose moments lie in memory up to a budget, and beyond it in a memory-mapped file.</summary>
    PagedAdamW,

    /// <summary>8-bit AdamW, paged in the same way.</summary>
    PagedAdamW8Bit,

    /// <summary>Adafactor (arXiv 1804.04235): the second moment of a matrix as a row and a column.</summary>
    Adafactor,

    /// <summary>Lion (arXiv 2302.06675): one moment, and steps of its sign.</summary>
    Lion,

    /// <summary>Gradient descent with momentum.</summary>
    Sgd,

    /// <summary>AdamW in a low-rank subspace of the gradient (GaLore, arXiv 2403.03507).</summary>
    GaLore,
}
