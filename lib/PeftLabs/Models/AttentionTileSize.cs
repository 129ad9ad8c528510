using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>How much of the scores tiled attention computes at once: so many rows of queries against so many keys.</summary>
/// <param name="Rows">Queries of a tile, those of the heads that share a key head counted together.</param>
/// <param name="Keys">Keys of a tile, at most.</param>
/// <param name="AllHeads">True for all key heads of a row at once, false for one.</param>
internal readonly record struct AttentionTileSize(long Rows, long Keys, bool AllHeads)
{
    /// <summary>
    /// Tiles that a CPU's caches hold, a key head at a time; on a GPU all heads at once, so that each launch has work for the device.
    /// </summary>
    public static AttentionTileSize For(Device device) => device.type == DeviceType.CPU ? new(384, 512, false) : new(1024, 1024, true);

    /// <summary>Queries of each head in a tile; not more than its keys, so that a tile of keys can hold the own key of each.</summary>
    public long QueriesFor(long group) => Math.Clamp(Rows / group, 1, Keys);

    /// <summary>
    /// True where the keys that any tile of queries sees fit one tile of keys. Then nothing beside q, k and v is kept for backward.
    /// </summary>
    public bool InOneTile(IReadOnlyList<AttentionSpan> spans, long group)
    {
        var (keys, queries) = (Keys, QueriesFor(group));
        return spans.All(s => Math.Min(s.Keys, s.Window == s.Keys ? s.Keys : s.Window + Math.Min(queries, s.Queries) - 1) <= keys);
    }
}
