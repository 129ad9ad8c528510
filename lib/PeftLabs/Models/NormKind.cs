namespace PeftLabs.Models;

/// <summary>How a norm scales the features of a token.</summary>
public enum NormKind
{
    /// <summary>x / √(mean(x²) + ε) · w (RMSNorm, arXiv 1910.07467).</summary>
    RootMeanSquare,

    /// <summary>The same with 1 + w in the place of w, as Gemma stores it.</summary>
    RootMeanSquarePlusOne,

    /// <summary>(x − mean(x)) / √(var(x) + ε) · w + b (arXiv 1607.06450).</summary>
    Layer,
}
