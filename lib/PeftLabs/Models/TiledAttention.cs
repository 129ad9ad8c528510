using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>The arithmetic of <see cref="TiledAttentionFunction"/>. Tensors belong to the scopes of the caller.</summary>
internal sealed class TiledAttention
{
    private readonly Tensor _q, _k, _v;
    private readonly AttentionPattern _pattern;
    private readonly IReadOnlyList<AttentionSpan> _spans;
    private readonly AttentionTileSize _size;
    private readonly long _group;
    private readonly float _scale;

    public TiledAttention(Tensor q, Tensor k, Tensor v, AttentionPattern pattern, AttentionTileSize size)
    {
        (_q, _k, _v, _pattern, _spans, _size, _group) = (q, k, v, pattern, pattern.Spans(q, k), size, q.shape[1] / k.shape[1]);
        _scale = (float)pattern.ScaleFor(q.shape[3]);
        InOneTile = size.InOneTile(_spans, _group);
    }

    /// <summary>True where every query and key is in a span.</summary>
    public bool Covers => AttentionPattern.Covers(_spans, _q, _k);

    /// <summary>True where no softmax goes over more than a tile.</summary>
    public bool InOneTile { get; }

    /// <summary>
    /// Writes the output <c>[batch, tokens, heads, d]</c> and, where it is given, log Σ exp of the scores <c>[batch, heads, tokens]</c>.
    /// </summary>
    public void Forward(Tensor result, Tensor? sums)
    {
        using var scope = NewDisposeScope();
        var tiles = new AttentionTiles(_size, _spans, _q, _k, 1);
        foreach (var queries in tiles.Queries())
        {
            using var inner = NewDisposeScope();
            var q = Rows(HeadsFirst(_q, queries), queries);
            if (sums is null)
            {
                Write(InOne(tiles, queries, q));
                continue;
            }
            var (output, sum) = Online(tiles, queries, q);
            Write(output);
            HeadsFirst(sums, queries).copy_(sum.view(-1, queries.Queries));

            void Write(Tensor output) =>
                TokensFirst(result, queries).copy_(output.view(-1, queries.Queries, output.shape[2]).transpose(0, 1));
        }
    }

    /// <summary>The gradients of q, k and v, given that of the output, and the output and the sums that forward wrote.</summary>
    public (Tensor Q, Tensor K, Tensor V) Backward(Tensor gradient, Tensor? output, Tensor? sums)
    {
        var (gq, gk, gv) = (Zeros(_q), Zeros(_k), Zeros(_v));
        using (NewDisposeScope())
        {
            var tiles = new AttentionTiles(_size, _spans, _q, _k, _pattern.SoftCap is null ? 2 : 3);
            foreach (var queries in tiles.Queries())
            {
                using var inner = NewDisposeScope();
                var g = Rows(TokensFirst(gradient, queries).transpose(0, 1), queries);
                // D = rowsum(dP·P) = rowsum(dO·O)
                var d = output is null ? null : Rows(TokensFirst(output, queries).transpose(0, 1), queries).mul(g).sum(-1, keepdim: true);
                var sum = sums is null ? null : HeadsFirst(sums, queries).reshape(queries.Heads, -1, 1);
                Backward(tiles, queries, (g, d, sum), (gq, gk, gv));
            }
        }
        return (Cast(gq, _q), Cast(gk, _k), Cast(gv, _v));
    }

    // All keys in one tile: softmax is one operator.
    private Tensor InOne(AttentionTiles tiles, QueryTile queries, Tensor q)
    {
        var keys = tiles.Keys(queries).Single();
        return Probabilities(tiles, queries, keys, q, null, null).bmm(KeyRows(_v, queries, keys));
    }

    // m ← max(m, rowmax(S));  l ← l·e^(m_old − m) + rowsum(e^(S − m));  O ← O·e^(m_old − m) + e^(S − m)·V
    private (Tensor Output, Tensor Sum) Online(AttentionTiles tiles, QueryTile queries, Tensor q)
    {
        var output = zeros_like(q);
        var (maximum, sum) = (full_like(q.narrow(2, 0, 1), double.NegativeInfinity), zeros_like(q.narrow(2, 0, 1)));
        foreach (var keys in tiles.Keys(queries))
        {
            using var inner = NewDisposeScope();
            var scores = Scores(tiles, queries, keys, q, null);
            tiles.Mask(scores, queries, keys, double.NegativeInfinity);
            var highest = scores.amax([-1], keepdim: true).maximum(maximum);
            scores.sub_(highest).exp_();
            var shrink = maximum.sub_(highest).exp_();
            sum.mul_(shrink).add_(scores.sum(-1, keepdim: true));
            output.mul_(shrink);
            AttentionTiles.Product(output, scores, KeyRows(_v, queries, keys), 1);
            maximum.copy_(highest);
        }
        output.div_(sum);
        return (output, sum.log_().add_(maximum));
    }

    private void Backward(AttentionTiles tiles, QueryTile queries, (Tensor Output, Tensor? D, Tensor? Sum) given,
        (Tensor Q, Tensor K, Tensor V) gradients)
    {
        var q = Rows(HeadsFirst(_q, queries), queries);
        var gq = zeros_like(q);
        foreach (var keys in tiles.Keys(queries))
        {
            using var inner = NewDisposeScope();
            var slopes = _pattern.SoftCap is null ? null : tiles.Buffer(2, queries, keys);
            var probabilities = Probabilities(tiles, queries, keys, q, given.Sum, slopes);
            AttentionTiles.Product(KeyRows(gradients.V, queries, keys), probabilities.transpose(1, 2), given.Output, 1);
            // dS = P·(dP − D), times the cap's slope, and its √d where it is multiplied
            var scores = tiles.Buffer(1, queries, keys);
            AttentionTiles.Product(scores, given.Output, KeyRows(_v, queries, keys).transpose(1, 2), 0);
            scores.sub_(given.D ?? scores.mul(probabilities).sum(-1, keepdim: true)).mul_(probabilities);
            if (slopes is not null)
                scores.mul_(slopes);
            AttentionTiles.Product(gq, scores, KeyRows(_k, queries, keys), 1, _scale);
            AttentionTiles.Product(KeyRows(gradients.K, queries, keys), scores.transpose(1, 2), q, 1, _scale);
        }
        HeadsFirst(gradients.Q, queries).copy_(gq.view(-1, queries.Queries, gq.shape[2]));
    }

    // From the logarithm of the softmax's sum where there is one, else by softmax over the one tile that there is.
    private Tensor Probabilities(AttentionTiles tiles, QueryTile queries, KeyTile keys, Tensor q, Tensor? sum, Tensor? slopes)
    {
        var scores = Scores(tiles, queries, keys, q, slopes);
        if (sum is null)
        {
            tiles.Mask(scores, queries, keys, double.NegativeInfinity);
            return scores.softmax(-1);
        }
        scores.sub_(sum).exp_();
        tiles.Mask(scores, queries, keys, 0);
        return scores;
    }

    private Tensor Scores(AttentionTiles tiles, QueryTile queries, KeyTile keys, Tensor q, Tensor? slopes)
    {
        var scores = tiles.Buffer(0, queries, keys);
        AttentionTiles.Product(scores, q, KeyRows(_k, queries, keys).transpose(1, 2), 0, _scale);
        _pattern.Cap(scores, slopes);
        return scores;
    }

    // [heads, queries, …] of [batch, heads, tokens, …]
    private Tensor HeadsFirst(Tensor x, QueryTile tile) => x.select(0, tile.Span.Row)
        .narrow(0, tile.FirstHead * _group, tile.Heads * _group).narrow(1, tile.Span.FirstQuery + tile.FirstQuery, tile.Queries);

    // [queries, heads, d] of [batch, tokens, heads, d]
    private Tensor TokensFirst(Tensor x, QueryTile tile) => x.select(0, tile.Span.Row)
        .narrow(0, tile.Span.FirstQuery + tile.FirstQuery, tile.Queries).narrow(1, tile.FirstHead * _group, tile.Heads * _group);

    // [keyHeads, keys, d] of [batch, keyValueHeads, keys, d]
    private static Tensor KeyRows(Tensor x, QueryTile tile, KeyTile keys) => x.select(0, tile.Span.Row)
        .narrow(0, tile.FirstHead, tile.Heads).narrow(1, tile.Span.FirstKey + keys.FirstKey, keys.Keys).to(ScalarType.Float32);

    // Heads that share a key head stand under each other: [keyHeads, group·queries, d].
    private static Tensor Rows(Tensor heads, QueryTile tile) => heads.reshape(tile.Heads, -1, heads.shape[2]).to(ScalarType.Float32);

    private static Tensor Zeros(Tensor like) => zeros_like(like, dtype: ScalarType.Float32);

    private static Tensor Cast(Tensor gradient, Tensor like) => gradient.dtype == like.dtype ? gradient : gradient.to(like.dtype);
}
