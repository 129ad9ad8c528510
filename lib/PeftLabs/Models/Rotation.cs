using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// The cosines and sines of a batch's positions, a number for each pair of features that is turned, <c>[tokens, pairs]</c> where all rows have the same positions, and
/// <c>[batch, tokens, pairs]</c> where packed documents begin anew; and where these documents lie.
/// </summary>
public sealed class Rotation : IDisposable
{
    /// <summary>The angles of the positions <paramref name="first"/> to <paramref name="first"/> + <paramref name="tokens"/> − 1.</summary>
    public Rotation(RotaryConfig config, int headSize, long first, long tokens, Device device)
        : this(config, headSize, [.. Enumerable.Range(0, checked((int)tokens)).Select(i => first + i)], [tokens, Pairs(config, headSize)], device)
    {
    }

    /// <summary>The angles of a layout's positions.</summary>
    public Rotation(RotaryConfig config, int headSize, SequenceLayout layout, Device device)
        : this(config, headSize, Positions(layout),
            layout.HasPlainPositions ? [layout.Tokens, Pairs(config, headSize)] : [layout.Batch, layout.Tokens, Pairs(config, headSize)], device) =>
        Layout = layout;

    /// <summary>The angles of <paramref name="tokens"/> positions a row, each row beginning with its own.</summary>
    internal Rotation(RotaryConfig config, int headSize, IReadOnlyList<long> firsts, long tokens, Device device)
        : this(config, headSize, [.. firsts.SelectMany(first => Enumerable.Range(0, checked((int)tokens)).Select(i => first + i))],
            firsts.Count == 1 ? [tokens, Pairs(config, headSize)] : [firsts.Count, tokens, Pairs(config, headSize)], device)
    {
    }

    private Rotation(Tensor cosines, Tensor sines, SequenceLayout? layout) => (Cosines, Sines, Layout) = (cosines, sines, layout);

    private Rotation(RotaryConfig config, int headSize, long[] positions, long[] shape, Device device)
    {
        var frequencies = Array.ConvertAll(config.InverseFrequencies(headSize, positions.Length == 0 ? 0 : positions.Max() + 1), f => (float)f);
        var angles = new float[positions.Length * frequencies.Length];
        var scale = (float)(config.LongScaling?.Attention ?? 1);
        // Rounded to float32 at each step, as the models were trained.
        for (var i = 0; i < angles.Length; i++)
            angles[i] = positions[i / frequencies.Length] * frequencies[i % frequencies.Length];
        Cosines = Table(angles, a => scale * MathF.Cos(a), shape, device);
        Sines = Table(angles, a => scale * MathF.Sin(a), shape, device);
    }

    /// <summary>The batch's documents; null where each row is one.</summary>
    public SequenceLayout? Layout { get; }

    /// <summary>Cosines, <c>[tokens, pairs]</c> or <c>[batch, tokens, pairs]</c>.</summary>
    public Tensor Cosines { get; }

    /// <summary>Sines, <c>[tokens, pairs]</c> or <c>[batch, tokens, pairs]</c>.</summary>
    public Tensor Sines { get; }

    /// <summary>The same positions over other references to the same tensors.</summary>
    internal Rotation Over(Tensor cosines, Tensor sines) => new(cosines, sines, Layout);

    /// <inheritdoc/>
    public void Dispose()
    {
        Cosines.Dispose();
        Sines.Dispose();
    }

    private static long Pairs(RotaryConfig config, int headSize) => config.Features(headSize) / 2;

    private static long[] Positions(SequenceLayout layout) => layout.HasPlainPositions
        ? [.. Enumerable.Range(0, checked((int)layout.Tokens)).Select(i => (long)i)]
        : layout.Positions();

    private static Tensor Table(float[] angles, Func<float, float> function, long[] shape, Device device) =>
        tensor(Array.ConvertAll(angles, a => function(a)), shape, device: device);
}
