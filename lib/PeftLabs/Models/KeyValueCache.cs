namespace PeftLabs.Models;

/// <summary>What attention has seen while text is generated: a <see cref="LayerCache"/> a layer.</summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly LayerCache[] _layers;

    /// <summary>A cache for a model and at most <paramref name="capacity"/> positions.</summary>
    public KeyValueCache(ModelConfig config, long capacity) =>
        _layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new LayerCache(capacity))];

    /// <summary>Positions held.</summary>
    public long Length => _layers[0].Length;

    /// <summary>The cache of a layer.</summary>
    public LayerCache this[int layer] => _layers[layer];

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_layers, l => l.Dispose());
}
