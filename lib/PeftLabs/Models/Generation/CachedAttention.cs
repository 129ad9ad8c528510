using PeftLabs.Models.Cpu;
using PeftLabs.Quantization.Cpu;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>Attention to what caches hold: by operators for many queries of a row, and by kernels for one query.</summary>
internal static unsafe class CachedAttention
{
    /// <summary>
    /// Appends k and v <c>[batch, keyValueHeads, tokens, d]</c> to the rows' caches, and attends from q to all that each holds then. As
    /// <see cref="AttentionMethod.Apply"/>, but in tiles where attention is plain: a long prompt's scores need never be whole.
    /// </summary>
    public static Tensor Apply(AttentionKind kind, Tensor q, Tensor k, Tensor v, IReadOnlyList<LayerCache> caches, AttentionPattern pattern)
    {
        using var scope = NewDisposeScope();
        kind = kind == AttentionKind.Plain ? AttentionKind.Tiled : kind;
        var rows = new Tensor[caches.Count];
        for (var row = 0; row < rows.Length; row++)
        {
            using var inner = NewDisposeScope();
            caches[row].Append(k.select(0, row), v.select(0, row));
            var (keys, values) = caches[row].Read();
            rows[row] = AttentionMethod.Apply(kind, q.narrow(0, row, 1), keys, values, pattern).MoveToOuterDisposeScope();
        }
        return (rows.Length == 1 ? rows[0] : cat(rows, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// softmax(q·kᵀ/√d)·v for one position and the query heads that share a key head: <paramref name="q"/> is <c>[group, d]</c> and is
    /// used up, <paramref name="y"/> too is <c>[group, d]</c>. The position sees the first <paramref name="visible"/> that the cache holds, or
    /// with a window the last of those.
    /// </summary>
    /// <param name="cache">The keys and values.</param>
    /// <param name="head">The key head.</param>
    /// <param name="visible">Positions seen.</param>
    /// <param name="scores">Room for group · visible numbers.</param>
    /// <param name="shape">Query heads of a key head, numbers of a head, and the window, scale and cap of the scores.</param>
    /// <param name="q">The queries.</param>
    /// <param name="y">The result.</param>
    public static void One(LayerCache cache, int head, int visible, float* scores, (int Group, int Size, AttentionPattern Pattern) shape, float* q, float* y)
    {
        var (kernels, group, size) = (CpuKernels.Best, shape.Group, shape.Size);
        kernels.Affine(q, (nint)group * size, (float)shape.Pattern.ScaleFor(size), 0);
        // From the block on in which the window begins.
        var first = (int)Math.Max(0, visible - (shape.Pattern.Window ?? visible));
        var start = first / KeyValueRows.Tokens * KeyValueRows.Tokens;
        var count = visible - start;
        foreach (var (at, tokens, (keys, _)) in Blocks(cache, start, visible))
            keys.Dot(head, tokens, new(q, size, group, count), scores + at);
        if (shape.Pattern.SoftCap is { } cap)
            ElementKernels.Available[0].SoftCap(scores, (nint)group * count, (float)cap, null);
        new Span<float>(y, group * size).Clear();
        for (var member = 0; member < group; member++, scores += count, y += size)
        {
            new Span<float>(scores, first - start).Fill(float.NegativeInfinity);
            var sum = kernels.SumExp(scores, count, kernels.Max(scores, count), store: true);
            foreach (var (at, tokens, (_, values)) in Blocks(cache, start, visible))
                values.AddTo(head, tokens, scores + at, y);
            kernels.Affine(y, size, (float)(1 / sum), 0);
        }
    }

    // Each block from a position on: where its scores lie, how many of its positions are seen, and itself.
    private static IEnumerable<(int At, int Tokens, (KeyValueRows Keys, KeyValueRows Values) Block)> Blocks(LayerCache cache, int start, int visible)
    {
        for (var first = start; first < visible; first += KeyValueRows.Tokens)
            yield return (first - start, Math.Min(KeyValueRows.Tokens, visible - first), cache.Blocks[first / KeyValueRows.Tokens]);
    }
}
