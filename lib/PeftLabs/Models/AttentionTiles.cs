using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>One tile of scores: queries from <paramref name="FirstQuery"/> of the span on, against some of its keys.</summary>
internal readonly record struct AttentionTile(long FirstQuery, long Queries, long FirstKey, long Keys);

/// <summary>
/// What the tiles of one call share: two buffers of a tile's size, used again for every tile, and the triangle that masks the tiles
/// on the diagonal and at the window's edge. Tiles that are wholly masked are never visited.
/// </summary>
internal sealed class AttentionTiles
{
    private readonly AttentionTileSize _size;
    private readonly long _queries, _heads;
    private readonly Tensor[] _buffers;
    private readonly Tensor _above;

    /// <summary>Tiles for some spans; <paramref name="group"/> query heads share a key head. The tensors belong to the current scope.</summary>
    public AttentionTiles(AttentionTileSize size, IReadOnlyList<AttentionSpan> spans, long group, long keyValueHeads, Device device, int buffers)
    {
        (_size, Group, _heads) = (size, group, size.AllHeads ? keyValueHeads : 1);
        var longest = spans.Count == 0 ? 1 : spans.Max(s => s.Queries);
        _queries = Math.Min(size.QueriesFor(group), longest);
        var keys = Math.Min(size.Keys, spans.Count == 0 ? 1 : spans.Max(s => s.Keys));
        _buffers = [.. Enumerable.Range(0, buffers).Select(_ => empty([_heads * group * _queries * keys], dtype: ScalarType.Float32, device: device))];
        _above = ones([_queries, _queries], dtype: ScalarType.Bool, device: device).triu(1);
    }

    /// <summary>Query heads that share a key head.</summary>
    public long Group { get; }

    /// <summary>The key heads that are computed at once, each as the first and how many.</summary>
    public IEnumerable<(long First, long Count)> Heads(long keyValueHeads)
    {
        for (var first = 0L; first < keyValueHeads; first += _heads)
            yield return (first, Math.Min(_heads, keyValueHeads - first));
    }

    /// <summary>The tiles of queries of a span, each as the first and how many.</summary>
    public IEnumerable<(long First, long Count)> Queries(AttentionSpan span)
    {
        for (var first = 0L; first < span.Queries; first += _queries)
            yield return (first, Math.Min(_queries, span.Queries - first));
    }

    /// <summary>
    /// The tiles of keys that these queries see, all of about one width, the last keys first: each query's own key is in the first
    /// tile, so that its running maximum is finite from there on.
    /// </summary>
    public IEnumerable<AttentionTile> Keys(AttentionSpan span, (long First, long Count) queries)
    {
        var end = queries.First + queries.Count + span.Shift;
        var begin = Math.Max(0, queries.First + span.Shift - span.Window + 1);
        var count = (end - begin + _size.Keys - 1) / _size.Keys;
        var width = Math.Max((end - begin + count - 1) / count, queries.Count);
        for (var last = end; last > begin; last -= width)
        {
            var first = Math.Max(begin, last - width);
            yield return new(queries.First, queries.Count, first, last - first);
        }
    }

    /// <summary>One of the buffers in the shape of a tile, <c>[keyHeads, group·queries, keys]</c>; its content is what was there.</summary>
    public Tensor Buffer(int index, long heads, AttentionTile tile)
    {
        var rows = Group * tile.Queries;
        return _buffers[index].narrow(0, 0, heads * rows * tile.Keys).view(heads, rows, tile.Keys);
    }

    /// <summary>Puts a value where a query must not see a key.</summary>
    public void Mask(Tensor scores, AttentionSpan span, AttentionTile tile, double value)
    {
        var byHead = scores.view(-1, tile.Queries, tile.Keys);
        // Key c of the square that starts at the first query's own key lies after query i where c > i,
        Fill(tile.FirstQuery + span.Shift, _above);
        // and key c of the square that starts where the first query's window starts is too far for query i where c < i.
        Fill(tile.FirstQuery + span.Shift - span.Window + 1, _above.transpose(0, 1));

        void Fill(long square, Tensor mask)
        {
            var (from, to) = (Math.Max(square, tile.FirstKey), Math.Min(square + tile.Queries, tile.FirstKey + tile.Keys));
            if (from < to)
                byHead.narrow(2, from - tile.FirstKey, to - from)
                    .masked_fill_(mask.narrow(0, 0, tile.Queries).narrow(1, from - square, to - from), value);
        }
    }

    /// <summary>into ← beta·into + alpha·a·b for each head; on a CPU straight into place.</summary>
    public static void Product(Tensor into, Tensor a, Tensor b, float beta, float alpha = 1)
    {
        if (into.device.type != DeviceType.CPU)
        {
            var product = a.bmm(b);
            _ = beta == 0 ? into.copy_(product.mul_(alpha)) : into.mul_(beta).add_(product, alpha);
            return;
        }
        for (var head = 0L; head < into.shape[0]; head++)
            into.select(0, head).addmm_(a.select(0, head), b.select(0, head), beta, alpha);
    }
}
