namespace PeftLabs.Models;

/// <summary>
/// Rotary position embedding (RoFormer, arXiv 2104.09864), of all features of a head or its first ones, with Llama 3's scaling of long
/// wavelengths or Phi-3's.
/// </summary>
public sealed record RotaryConfig
{
    /// <summary>Base of the wavelengths.</summary>
    public double Theta { get; init; } = 10000;

    /// <summary>The share of a head's features that is turned; 0 where positions are learned instead.</summary>
    public double Fraction { get; init; } = 1;

    /// <summary>Llama 3's scaling; null for none.</summary>
    public Llama3RotaryScaling? Scaling { get; init; }

    /// <summary>Phi-3's scaling; null for none.</summary>
    public LongRotaryScaling? LongScaling { get; init; }

    /// <summary>Features of a head that are turned, the first ones.</summary>
    public int Features(int headSize) => (int)(headSize * Fraction);

    /// <summary>The angle a position turns each pair of features, <c>[turned features / 2]</c>, in a text of so many tokens.</summary>
    public double[] InverseFrequencies(int headSize, long tokens = 0)
    {
        var size = Features(headSize);
        var stretch = LongScaling is not { } scaling ? null : tokens > scaling.OriginalPositions ? scaling.Long : scaling.Short;
        var frequencies = new double[size / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            // θᵢ = base^(−2i/d)
            var frequency = Math.Pow(Theta, -2.0 * i / size) / (stretch?[i] ?? 1);
            frequencies[i] = Scaling?.Scale(frequency) ?? frequency;
        }
        return frequencies;
    }
}
