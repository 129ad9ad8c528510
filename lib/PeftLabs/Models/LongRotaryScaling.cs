namespace PeftLabs.Models;

/// <summary>
/// LongRoPE (arXiv 2402.13753), as Phi-3 has it: a factor of its own for each wavelength, one set for texts of up to
/// <see cref="OriginalPositions"/> tokens and another for longer ones (<c>rope_type</c> "longrope", earlier "su", in config.json).
/// </summary>
/// <param name="Short">What wavelengths are stretched by in short texts, <c>[turned features / 2]</c>.</param>
/// <param name="Long">The same in long texts.</param>
/// <param name="OriginalPositions">Context length before stretching, in tokens.</param>
/// <param name="Attention">What cosines and sines are multiplied by.</param>
public sealed record LongRotaryScaling(
    IReadOnlyList<double> Short, IReadOnlyList<double> Long, int OriginalPositions, double Attention)
{
    /// <summary>√(1 + ln(factor) / ln(original)) for a context <paramref name="factor"/> times as long; 1 where it is no longer.</summary>
    public static double AttentionFor(double factor, int originalPositions) =>
        factor <= 1 ? 1 : Math.Sqrt(1 + Math.Log(factor) / Math.Log(originalPositions));
}
