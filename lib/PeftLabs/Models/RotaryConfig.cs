namespace PeftLabs.Models;

/// <summary>Rotary position embedding (RoFormer, arXiv 2104.09864), with Llama 3's scaling of long wavelengths.</summary>
public sealed record RotaryConfig
{
    /// <summary>Base of the wavelengths.</summary>
    public double Theta { get; init; } = 10000;

    /// <summary>Llama 3's scaling; null for none.</summary>
    public Llama3RotaryScaling? Scaling { get; init; }

    /// <summary>The angle a position turns each pair of features, <c>[headSize / 2]</c>.</summary>
    public double[] InverseFrequencies(int headSize)
    {
        var frequencies = new double[headSize / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            // θᵢ = base^(−2i/d)
            var frequency = Math.Pow(Theta, -2.0 * i / headSize);
            frequencies[i] = Scaling?.Scale(frequency) ?? frequency;
        }
        return frequencies;
    }
}
