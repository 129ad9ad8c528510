using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Attention in tiles of queries × keys with an online softmax, computed again in backward (FlashAttention, arXiv 2205.14135), on
/// torch operators. It keeps q, k and v. Where the keys of a tile of queries do not fit one tile it also keeps the output, whose
/// product with its own gradient gives D = rowsum(dP·P) without another pass over the keys, and a number a query and head, the
/// logarithm of the softmax's sum. The projection after it keeps that same output where it is trained; then it costs nothing.
/// Arithmetic is in float32. Workspace: at most 4 tiles of scores (5 where they are capped) and some of queries, whatever the number of tokens (tiles of
/// 384 × 512: 3 MiB).
/// </summary>
internal sealed class TiledAttentionFunction : autograd.SingleTensorFunction<TiledAttentionFunction>
{
    public override string Name => "TiledAttention";

    /// <summary>As <see cref="AttentionMethod.Apply"/>.</summary>
    public static Tensor Apply(Tensor q, Tensor k, Tensor v, AttentionPattern pattern, AttentionTileSize? size = null)
    {
        var tile = size ?? AttentionTileSize.For(q.device);
        return ForwardScope.Run(() => apply(q, k, v, pattern, tile));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (q, k, v, pattern) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (AttentionPattern)vars[3]);
        var (heads, tokens, size) = (q.shape[1], q.shape[2], q.shape[3]);
        var work = new TiledAttention(q, k, v, pattern, (AttentionTileSize)vars[4]);
        var result = empty([q.shape[0], tokens, heads, size], dtype: q.dtype, device: q.device);
        if (!work.Covers)
            result.zero_();
        var sums = work.InOneTile ? null : zeros([q.shape[0], heads, tokens], dtype: ScalarType.Float32, device: q.device);
        work.Forward(result, sums);
        ctx.set_materialize_grads(false);
        // Detached, so that what is kept does not hold the node that keeps it.
        if (q.requires_grad || k.requires_grad || v.requires_grad)
            ctx.save_for_backward(sums is null ? pattern.Pack(q, k, v) : [.. pattern.Pack(q, k, v, result.detach()), sums]);
        ctx.save_data("pattern", pattern);
        ctx.save_data("size", vars[4]);
        return result.view(q.shape[0], tokens, heads * size);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        var pattern = (AttentionPattern)ctx.get_data("pattern");
        using var profile = ProfileScope.Called(pattern.Scope);
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables().ConvertAll(SavedActivation.Unpack);
        var (q, k, v) = (saved[0], saved[1], saved[2]);
        var work = new TiledAttention(q, k, v, pattern, (AttentionTileSize)ctx.get_data("size"));
        var gradient = g.view(q.shape[0], q.shape[2], q.shape[1], q.shape[3]);
        var (gq, gk, gv) = saved.Count > 3 ? work.Backward(gradient, saved[3], saved[4]) : work.Backward(gradient, null, null);
        return scope.Return(ctx, gq, gk, gv, null, null);
    }
}
