using PeftLabs.Models.Generation;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>The rows of a learned embedding of positions that a batch takes.</summary>
internal static class PositionIds
{
    /// <summary>int64 <c>[batch·tokens]</c> on the host: each document's positions from 0, or from what its cache has seen.</summary>
    /// <exception cref="ArgumentException">There are more tokens than positions.</exception>
    public static Tensor Of(ModelConfig config, Tensor ids, SequenceLayout? layout, IReadOnlyList<KeyValueCache>? caches)
    {
        var (batch, tokens) = (ids.shape[0], ids.shape[1]);
        var positions = layout?.Positions() ?? [.. Enumerable.Range(0, checked((int)(batch * tokens)))
            .Select(i => (caches?[(int)(i / tokens)].Length ?? 0) + i % tokens)];
        if (positions.Length > 0 && positions.Max() >= config.MaxPositions)
            throw new ArgumentException($"A text has a token at position {positions.Max()}; the model has learned positions 0 to "
                + $"{config.MaxPositions - 1}.", nameof(ids));
        return tensor(positions);
    }
}
