using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>The arithmetic of <see cref="TiledAttentionFunction"/>. Tensors belong to the scopes of the caller.</summary>
internal sealed class TiledAttention
{
    private readonly Tensor _q, _k, _v;
    private readonly IReadOnlyList<AttentionSpan> _spans;
    private readonly AttentionTileSize _size;
    private readonly long _group;
    private readonly float _scale;

    public TiledAttention(Tensor q, Tensor k, Tensor v, IReadOnlyList<AttentionSpan> spans, AttentionTileSize size)
    {
        (_q, _k, _v, _spans, _size, _group) = (q, k, v, spans, size, q.shape[1] / k.shape[1]);
        _scale = (float)(1 / Math.Sqrt(q.shape[3]));
        InOneTile = size.InOneTile(spans, _group);
    }

    /// <summary>True where no softmax goes over more than a tile.</summary>
    public bool InOneTile { get; }

    /// <summary>
    /// Writes the output <c>[batch, tokens, heads, d]</c> and, where it is given, log Σ exp of the scores <c>[batch, heads, tokens]</c>.
    /// </summary>
    public void Forward(Tensor result, Tensor? sums)
    {
        using var scope = NewDisposeScope();
        var tiles = Tiles(1);
        foreach (var (span, heads, queries) in Work(tiles))
        {
            using var inner = NewDisposeScope();
            var q = QueryRows(_q, span, heads, queries);
            var (output, sum) = sums is null ? Whole(tiles, span, heads, queries, q) : Online(tiles, span, heads, queries, q);
            OutputRows(result, span, heads, queries).copy_(output.view(-1, queries.Count, output.shape[2]).transpose(0, 1));
            if (sums is not null)
                SumRows(sums, span, heads, queries).copy_(sum!.view(-1, queries.Count));
        }
    }

    /// <summary>The gradients of q, k and v, given that of the output and what forward wrote.</summary>
    public (Tensor Q, Tensor K, Tensor V) Backward(Tensor gradient, Tensor? output, Tensor? sums)
    {
        var gradients = (Q: Zeros(_q, ScalarType.Float32), K: Zeros(_k, ScalarType.Float32), V: Zeros(_v, ScalarType.Float32));
        using (NewDisposeScope())
        {
            var tiles = Tiles(2);
            foreach (var (span, heads, queries) in Work(tiles))
            {
                using var inner = NewDisposeScope();
                var g = Rows(OutputRows(gradient, span, heads, queries).transpose(0, 1), heads.Count);
                // D = rowsum(dP·P) = rowsum(dO·O)
                var d = output is null ? null
                    : Rows(OutputRows(output, span, heads, queries).transpose(0, 1), heads.Count).mul(g).sum(-1, keepdim: true);
                var sum = sums is null ? null : SumRows(sums, span, heads, queries).reshape(heads.Count, -1, 1);
                Backward(tiles, span, heads, queries, g, d, sum, gradients);
            }
        }
        return (Cast(gradients.Q, _q), Cast(gradients.K, _k), Cast(gradients.V, _v));
    }

    // All keys in one tile: softmax is one operator.
    private (Tensor Output, Tensor? Sum) Whole(
        AttentionTiles tiles, AttentionSpan span, (long, long Count) heads, (long, long) queries, Tensor q)
    {
        var tile = tiles.Keys(span, queries).Single();
        var scores = Scores(tiles, span, heads, tile, q);
        tiles.Mask(scores, span, tile, double.NegativeInfinity);
        return (scores.softmax(-1).bmm(KeyRows(_v, span, heads, tile)), null);
    }

    // m ← max(m, rowmax(S));  l ← l·e^(m_old − m) + rowsum(e^(S − m));  O ← O·e^(m_old − m) + e^(S − m)·V
    private (Tensor Output, Tensor? Sum) Online(
        AttentionTiles tiles, AttentionSpan span, (long, long Count) heads, (long, long) queries, Tensor q)
    {
        var output = empty_like(q);
        Tensor? maximum = null, sum = null;
        foreach (var tile in tiles.Keys(span, queries))
        {
            using var inner = NewDisposeScope();
            var scores = Scores(tiles, span, heads, tile, q);
            tiles.Mask(scores, span, tile, double.NegativeInfinity);
            var highest = scores.amax([-1], keepdim: true);
            if (maximum is not null)
                highest = highest.maximum(maximum);
            scores.sub_(highest).exp_();
            var added = scores.sum(-1, keepdim: true);
            var values = KeyRows(_v, span, heads, tile);
            if (maximum is null || sum is null)
            {
                AttentionTiles.Product(output, scores, values, 0);
                (maximum, sum) = (highest.MoveToOuterDisposeScope(), added.MoveToOuterDisposeScope());
                continue;
            }
            var shrink = maximum.sub(highest).exp_();
            output.mul_(shrink);
            AttentionTiles.Product(output, scores, values, 1);
            sum.mul_(shrink).add_(added);
            maximum.copy_(highest);
        }
        output.div_(sum!);
        return (output, sum!.log_().add_(maximum!));
    }

    private void Backward(AttentionTiles tiles, AttentionSpan span, (long, long Count) heads, (long, long Count) queries,
        Tensor g, Tensor? d, Tensor? sum, (Tensor Q, Tensor K, Tensor V) gradients)
    {
        var q = QueryRows(_q, span, heads, queries);
        var gq = zeros_like(q);
        foreach (var tile in tiles.Keys(span, queries))
        {
            using var inner = NewDisposeScope();
            var (keys, values) = (KeyRows(_k, span, heads, tile), KeyRows(_v, span, heads, tile));
            var probabilities = Probabilities(tiles, span, heads, tile, q, sum);
            AttentionTiles.Product(KeyRows(gradients.V, span, heads, tile), probabilities.transpose(1, 2), g, 1);
            // dS = P·(dP − D), its √d where it is multiplied
            var scores = tiles.Buffer(1, heads.Count, tile);
            AttentionTiles.Product(scores, g, values.transpose(1, 2), 0);
            scores.sub_(d ?? scores.mul(probabilities).sum(-1, keepdim: true)).mul_(probabilities);
            AttentionTiles.Product(gq, scores, keys, 1, _scale);
            AttentionTiles.Product(KeyRows(gradients.K, span, heads, tile), scores.transpose(1, 2), q, 1, _scale);
        }
        HeadRows(gradients.Q, span, heads, queries).copy_(gq.view(-1, queries.Count, gq.shape[2]));
    }

    private Tensor Probabilities(
        AttentionTiles tiles, AttentionSpan span, (long, long) heads, AttentionTile tile, Tensor q, Tensor? sum)
    {
        var scores = Scores(tiles, span, heads, tile, q);
        if (sum is null)
        {
            tiles.Mask(scores, span, tile, double.NegativeInfinity);
            return scores.softmax(-1);
        }
        scores.sub_(sum).exp_();
        tiles.Mask(scores, span, tile, 0);
        return scores;
    }

    private Tensor Scores(AttentionTiles tiles, AttentionSpan span, (long, long Count) heads, AttentionTile tile, Tensor q)
    {
        var scores = tiles.Buffer(0, heads.Count, tile);
        AttentionTiles.Product(scores, q, KeyRows(_k, span, heads, tile).transpose(1, 2), 0, _scale);
        return scores;
    }

    private AttentionTiles Tiles(int buffers) => new(_size, _spans, _group, _k.shape[1], _q.device, buffers);

    private IEnumerable<(AttentionSpan Span, (long First, long Count) Heads, (long First, long Count) Queries)> Work(AttentionTiles tiles) =>
        from span in _spans
        from heads in tiles.Heads(_k.shape[1])
        from queries in tiles.Queries(span)
        select (span, heads, queries);

    // [heads, queries, d] of [batch, heads, tokens, d]
    private Tensor HeadRows(Tensor x, AttentionSpan span, (long First, long Count) heads, (long First, long Count) queries) =>
        x.select(0, span.Row).narrow(0, heads.First * _group, heads.Count * _group).narrow(1, span.FirstQuery + queries.First, queries.Count);

    // [keyHeads, group·queries, d] of [batch, heads, tokens, d]
    private Tensor QueryRows(Tensor x, AttentionSpan span, (long First, long Count) heads, (long First, long Count) queries) =>
        Rows(HeadRows(x, span, heads, queries), heads.Count);

    // [queries, heads, d] of [batch, tokens, heads, d]
    private Tensor OutputRows(Tensor x, AttentionSpan span, (long First, long Count) heads, (long First, long Count) queries) =>
        x.select(0, span.Row).narrow(0, span.FirstQuery + queries.First, queries.Count).narrow(1, heads.First * _group, heads.Count * _group);

    // [heads, queries] of [batch, heads, tokens]
    private Tensor SumRows(Tensor x, AttentionSpan span, (long First, long Count) heads, (long First, long Count) queries) =>
        x.select(0, span.Row).narrow(0, heads.First * _group, heads.Count * _group).narrow(1, span.FirstQuery + queries.First, queries.Count);

    // [keyHeads, keys, d] of [batch, keyValueHeads, keys, d]
    private static Tensor KeyRows(Tensor x, AttentionSpan span, (long First, long Count) heads, AttentionTile tile) =>
        x.select(0, span.Row).narrow(0, heads.First, heads.Count).narrow(1, span.FirstKey + tile.FirstKey, tile.Keys).to(ScalarType.Float32);

    // The rows of the heads that share a key head stand under each other.
    private static Tensor Rows(Tensor heads, long keyHeads) => heads.reshape(keyHeads, -1, heads.shape[2]).to(ScalarType.Float32);

    private static Tensor Zeros(Tensor like, ScalarType type) => zeros_like(like, dtype: type);

    private static Tensor Cast(Tensor gradient, Tensor like) => gradient.dtype == like.dtype ? gradient : gradient.to(like.dtype);
}
