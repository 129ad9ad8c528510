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
    /// used up, <paramref name="y"/> too is <c>[group, d]</c>. The position sees the first <paramref name="visible"/> that the cache holds.
    /// </summary>
    /// <param name="cache">The keys and values.</param>
    /// <param name="head">The key head.</param>
    /// <param name="visible">Positions seen.</param>
    /// <param name="scores">Room for group · visible numbers.</param>
    /// <param name="shape">Query heads of a key head, and numbers of a head.</param>
    /// <param name="q">The queries.</param>
    /// <param name="y">The result.</param>
    public static void One(LayerCache cache, int head, int visible, float* scores, (int Group, int Size) shape, float* q, float* y)
    {
        var (kernels, group, size) = (CpuKernels.Best, shape.Group, shape.Size);
        kernels.Affine(q, (nint)group * size, (float)(1 / Math.Sqrt(size)), 0);
        foreach (var (index, (keys, _)) in cache.Blocks.Index())
        {
            var first = index * KeyValueRows.Tokens;
            if (first < visible)
                keys.Dot(head, Math.Min(KeyValueRows.Tokens, visible - first), new(q, size, group, visible), scores + first);
        }
        new Span<float>(y, group * size).Clear();
        for (var member = 0; member < group; member++, scores += visible, y += size)
        {
            var sum = kernels.SumExp(scores, visible, kernels.Max(scores, visible), store: true);
            foreach (var (index, (_, values)) in cache.Blocks.Index())
            {
                var first = index * KeyValueRows.Tokens;
                if (first < visible)
                    values.AddTo(head, Math.Min(KeyValueRows.Tokens, visible - first), scores + first, y);
            }
            kernels.Affine(y, size, (float)(1 / sum), 0);
        }
    }
}
