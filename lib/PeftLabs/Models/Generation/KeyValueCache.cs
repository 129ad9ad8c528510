using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>
/// What attention has seen of one sequence while it is generated: a <see cref="LayerCache"/> a layer. It grows by blocks of
/// <see cref="BlockTokens"/> positions; nothing is reserved ahead.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    /// <summary>Positions by which a cache grows.</summary>
    public const int BlockTokens = KeyValueRows.Tokens;

    private readonly LayerCache[] _layers;
    private readonly long _shortPositions;

    /// <summary>An empty cache for a model on some device, the CPU unless said.</summary>
    public KeyValueCache(ModelConfig config, KeyValueFormat format = KeyValueFormat.Float32, Device? device = null)
    {
        _shortPositions = config.Rotary.LongScaling?.OriginalPositions ?? 0;
        _layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new LayerCache(config.KeyValueHeads, config.HeadSize, format, device ?? CPU))];
    }

    /// <summary>Positions held.</summary>
    public long Length => _layers.Length == 0 ? 0 : _layers[0].Length;

    /// <summary>The cache of a layer.</summary>
    public LayerCache this[int layer] => _layers[layer];

    /// <summary>
    /// Bytes that a cache of so many positions holds, to the byte: 2 · layers · keyValueHeads · positions · bytes of a row, the positions
    /// rounded up to <see cref="BlockTokens"/>. A row of d numbers takes 4·d bytes in float32, 2·d in bfloat16 and d + 4 in int8.
    /// </summary>
    public static long Bytes(ModelConfig config, long tokens, KeyValueFormat format) =>
        2L * config.Layers * ((tokens + BlockTokens - 1) / BlockTokens) * KeyValueRows.Bytes(format, config.KeyValueHeads, config.HeadSize);

    /// <summary>
    /// Forgets all positions from one on, so that another continuation can follow. A long text's keys are none of a short one's where
    /// wavelengths go by the text's length (<see cref="LongRotaryScaling"/>): if such a text becomes short, all is forgotten.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or above <see cref="Length"/>.</exception>
    public void Truncate(long length)
    {
        if (length < 0 || length > Length)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"The cache holds {Length} positions; it can keep 0 to {Length}.");
        var kept = Length > _shortPositions && length <= _shortPositions ? 0 : length;
        Array.ForEach(_layers, l => l.Truncate(kept));
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_layers, l => l.Dispose());
}
