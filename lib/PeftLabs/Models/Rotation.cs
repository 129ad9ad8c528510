using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>The cosines and sines of a run of positions, each <c>[tokens, headSize / 2]</c>.</summary>
public sealed class Rotation : IDisposable
{
    /// <summary>The angles of the positions <paramref name="first"/> to <paramref name="first"/> + <paramref name="tokens"/> − 1.</summary>
    public Rotation(RotaryConfig config, int headSize, long first, long tokens, Device device)
    {
        var frequencies = Array.ConvertAll(config.InverseFrequencies(headSize), f => (float)f);
        var angles = new float[tokens * frequencies.Length];
        // Rounded to float32 at each step, as the models were trained.
        for (var i = 0; i < angles.Length; i++)
            angles[i] = (first + i / frequencies.Length) * frequencies[i % frequencies.Length];
        Cosines = Table(angles, MathF.Cos, tokens, device);
        Sines = Table(angles, MathF.Sin, tokens, device);
    }

    private Rotation(Tensor cosines, Tensor sines) => (Cosines, Sines) = (cosines, sines);

    /// <summary>Cosines, <c>[tokens, headSize / 2]</c>.</summary>
    public Tensor Cosines { get; }

    /// <summary>Sines, <c>[tokens, headSize / 2]</c>.</summary>
    public Tensor Sines { get; }

    /// <summary>The same positions over other references to the same tensors.</summary>
    internal Rotation Over(Tensor cosines, Tensor sines) => new(cosines, sines);

    /// <inheritdoc/>
    public void Dispose()
    {
        Cosines.Dispose();
        Sines.Dispose();
    }

    private static Tensor Table(float[] angles, Func<float, float> function, long tokens, Device device) =>
        tensor(Array.ConvertAll(angles, a => function(a)), tokens, angles.Length / tokens, device: device);
}
