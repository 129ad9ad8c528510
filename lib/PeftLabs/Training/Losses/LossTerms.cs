namespace PeftLabs.Training;

/// <summary>
/// What a token costs, with z its logits, y its label and log Z = log Σ e^z: log Z − (1 − ε)·z_y − ε·mean(z) + ζ·log²Z.
/// </summary>
/// <param name="Smoothing">ε, the share of a target's probability spread over the vocabulary (arXiv 1512.00567).</param>
/// <param name="ZLoss">ζ, the weight of log²Z (arXiv 2204.02311).</param>
/// <param name="SoftCap">The head's values x become the logits z = c·tanh(x/c) of this c first; null for z = x.</param>
internal sealed record LossTerms(double Smoothing, double ZLoss, double? SoftCap = null)
{
    /// <summary>Cross entropy alone.</summary>
    public static LossTerms Plain { get; } = new(0, 0);
}
