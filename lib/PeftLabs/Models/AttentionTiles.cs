using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// How a call is cut into tiles, and what they share: buffers of a tile's size, used again for every tile, and the triangle that masks
/// tiles on the diagonal and at the window's edge. Tiles that are wholly masked are never visited.
/// </summary>
internal sealed class AttentionTiles
{
    private readonly AttentionTileSize _size;
    private readonly IReadOnlyList<AttentionSpan> _spans;
    private readonly long _group, _keyHeads, _headsAtOnce, _queries;
    private readonly Tensor[] _buffers;
    private readonly Tensor _above;

    /// <summary>
    /// Tiles for some spans of q <c>[batch, heads, …]</c> and k <c>[batch, keyValueHeads, …]</c>. The tensors are the current scope's.
    /// </summary>
    public AttentionTiles(AttentionTileSize size, IReadOnlyList<AttentionSpan> spans, Tensor q, Tensor k, int buffers)
    {
        (_size, _spans, _keyHeads, _group) = (size, spans, k.shape[1], q.shape[1] / k.shape[1]);
        _headsAtOnce = size.AllHeads ? _keyHeads : 1;
        _queries = Math.Min(size.QueriesFor(_group), Most(s => s.Queries));
        var numbers = _headsAtOnce * _group * _queries * Math.Min(size.Keys, Most(s => s.Keys));
        _buffers = [.. Enumerable.Range(0, buffers).Select(_ => empty([numbers], dtype: ScalarType.Float32, device: q.device))];
        _above = ones([_queries, _queries], dtype: ScalarType.Bool, device: q.device).triu(1);
    }

    /// <summary>The tiles of queries: span by span, head by head, from the first query on.</summary>
    public IEnumerable<QueryTile> Queries()
    {
        foreach (var span in _spans)
        {
            for (var head = 0L; head < _keyHeads; head += _headsAtOnce)
            {
                for (var first = 0L; first < span.Queries; first += _queries)
                    yield return new(span, head, _headsAtOnce, first, Math.Min(_queries, span.Queries - first));
            }
        }
    }

    /// <summary>
    /// The tiles of keys that some queries see, all of about one width, the last keys first: each query's own key is in the first
    /// tile, so that its running maximum is finite from there on.
    /// </summary>
    public IEnumerable<KeyTile> Keys(QueryTile queries)
    {
        var end = queries.FirstQuery + queries.Queries + queries.Span.Shift;
        var begin = Math.Max(0, queries.FirstQuery + queries.Span.Shift - queries.Span.Window + 1);
        var count = (end - begin + _size.Keys - 1) / _size.Keys;
        var width = Math.Max((end - begin + count - 1) / count, queries.Queries);
        for (var last = end; last > begin; last -= width)
        {
            var first = Math.Max(begin, last - width);
            yield return new(first, last - first);
        }
    }

    /// <summary>One of the buffers in a tile's shape <c>[keyHeads, group·queries, keys]</c>, with whatever stands in it.</summary>
    public Tensor Buffer(int index, QueryTile queries, KeyTile keys)
    {
        var rows = _group * queries.Queries;
        return _buffers[index].narrow(0, 0, queries.Heads * rows * keys.Keys).view(queries.Heads, rows, keys.Keys);
    }

    /// <summary>Puts a value where a query must not see a key.</summary>
    public void Mask(Tensor scores, QueryTile queries, KeyTile keys, double value)
    {
        var own = queries.FirstQuery + queries.Span.Shift;
        // Key c of the square that starts at the first query's own key lies after query i where c > i,
        Fill(own, _above);
        // and key c of the square that starts where the first query's window does is too far from query i where c < i.
        Fill(own - queries.Span.Window + 1, _above.transpose(0, 1));

        void Fill(long square, Tensor mask)
        {
            var (from, to) = (Math.Max(square, keys.FirstKey), Math.Min(square + queries.Queries, keys.FirstKey + keys.Keys));
            if (from >= to)
                return;
            var hidden = mask.narrow(0, 0, queries.Queries).narrow(1, from - square, to - from);
            scores.view(-1, queries.Queries, keys.Keys).narrow(2, from - keys.FirstKey, to - from).masked_fill_(hidden, value);
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

    private long Most(Func<AttentionSpan, long> count) => _spans.Select(count).DefaultIfEmpty(1).Max();
}
