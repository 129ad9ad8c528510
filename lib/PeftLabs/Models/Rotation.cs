using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// The cosines and sines of a batch's positions, a number for each pair of features that is turned, <c>[tokens, pairs]</c> where all rows
/// have the same positions, and <c>[batch, tokens, pairs]</c> where packed documents begin anew; and where these documents lie.
/// </summary>
public sealed class Rotation : IDisposable
{
    /// <summary>The angles of the positions <paramref name="first"/> to <paramref name="first"/> + <paramref name="tokens"/> − 1.</summary>
    public Rotation(RotaryConfig config, int headSize, long first, long tokens, Device device)
        : this(config, headSize, [first], tokens, device)
    {
    }

    /// <summary>The angles of a layout's positions.</summary>
    public Rotation(RotaryConfig config, int headSize, SequenceLayout layout, Device device)
        : this(config, headSize, Places(layout, config), SharesTable(layout, config) ? 1 : layout.Batch, device) =>
        Layout = layout;

    /// <summary>The angles of <paramref name="tokens"/> positions a row, each row beginning with its own.</summary>
    internal Rotation(RotaryConfig config, int headSize, IReadOnlyList<long> firsts, long tokens, Device device)
        : this(config, headSize, [.. firsts.SelectMany(first => Places(first, checked((int)tokens)))], firsts.Count, device)
    {
    }

    private Rotation(Tensor cosines, Tensor sines, SequenceLayout? layout) => (Cosines, Sines, Layout) = (cosines, sines, layout);

    // Positions, each with the length of the text that it is in.
    private Rotation(RotaryConfig config, int headSize, (long Position, long Length)[] places, long rows, Device device)
    {
        // Texts differ in nothing but whether they are long ones.
        var most = config.LongScaling?.OriginalPositions ?? long.MaxValue;
        var sets = places.Select(p => p.Length > most).Distinct()
            .ToDictionary(isLong => isLong, isLong => Array.ConvertAll(config.InverseFrequencies(headSize, isLong ? most + 1 : 0), f => (float)f));
        var pairs = config.Features(headSize) / 2;
        var angles = new float[places.Length * pairs];
        // Rounded to float32 at each step, as the models were trained.
        foreach (var (place, (position, length)) in places.Index())
        {
            var frequencies = sets[length > most];
            for (var pair = 0; pair < pairs; pair++)
                angles[place * pairs + pair] = position * frequencies[pair];
        }
        var scale = (float)(config.LongScaling?.Attention ?? 1);
        long[] shape = rows == 1 ? [places.Length, pairs] : [rows, places.Length / rows, pairs];
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

    /// <summary>Whether one table serves all rows of a layout: not where the length of a text changes its wavelengths.</summary>
    internal static bool SharesTable(SequenceLayout layout, RotaryConfig config) => layout.HasPlainPositions && config.LongScaling is null;

    private static IEnumerable<(long Position, long Length)> Places(long first, int tokens) =>
        Enumerable.Range(0, tokens).Select(i => (first + i, first + tokens));

    private static (long Position, long Length)[] Places(SequenceLayout layout, RotaryConfig config)
    {
        if (SharesTable(layout, config))
            return [.. Places(0, checked((int)layout.Tokens))];
        var places = new (long, long)[layout.Batch * layout.Tokens];
        foreach (var span in layout.Spans)
            for (var i = 0L; i < span.Length; i++)
                places[span.Row * layout.Tokens + span.Start + i] = (i, span.Length);
        return places;
    }

    private static Tensor Table(float[] angles, Func<float, float> function, long[] shape, Device device) =>
        tensor(Array.ConvertAll(angles, a => function(a)), shape, device: device);
}
