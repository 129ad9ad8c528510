namespace PeftLabs.Training;

/// <summary>
/// What a token costs, with z its logits, y its label and log Z = log Σ e^z: log Z − (1 − ε)·z_y − ε·mean(z) + ζ·log²Z.
/// </summary>
/// <param name="Smoothing">ε, the share of a target's probability spread over the vocabulary (arXiv 1512.00567).</param>
/// <param name="ZLoss">ζ, the weight of log²Z (arXiv 2204.02311).</param>
internal sealed record LossTerms(double Smoothing, double ZLoss)
{
    /// <summary>Cross entropy alone.</summary>
    public static LossTerms Plain { get; } = new(0, 0);
}
