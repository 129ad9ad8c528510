namespace PeftLabs.Models;

/// <summary>
/// Llama 3's stretching of rotary wavelengths: long ones by <see cref="Factor"/>, short ones not at all, and a smooth passage
/// between (<c>rope_type</c> "llama3" in config.json).
/// </summary>
/// <param name="Factor">How much longer the context becomes.</param>
/// <param name="LowFrequencyFactor">Wavelengths above <c>OriginalPositions / LowFrequencyFactor</c> are stretched whole.</param>
/// <param name="HighFrequencyFactor">Wavelengths below <c>OriginalPositions / HighFrequencyFactor</c> are left alone.</param>
/// <param name="OriginalPositions">Context length before stretching, in tokens.</param>
public sealed record Llama3RotaryScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalPositions)
{
    /// <summary>The stretched frequency.</summary>
    public double Scale(double frequency)
    {
        // s = (L/λ − low) / (high − low), clamped to 0..1; f' = (1 − s)·f/factor + s·f
        var wavelength = 2 * Math.PI / frequency;
        var smooth = (OriginalPositions / wavelength - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        smooth = Math.Clamp(smooth, 0, 1);
        return (1 - smooth) * frequency / Factor + smooth * frequency;
    }
}
