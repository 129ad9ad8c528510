using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Causal attention, softmax(q·kᵀ/√d)·v, with grouped heads. Keeps q, k and v; the probabilities are computed again in backward,
/// one sequence of the batch at a time, so that they never exist for the whole batch.
/// </summary>
internal sealed class AttentionFunction : autograd.SingleTensorFunction<AttentionFunction>
{
    public override string Name => "Attention";

    /// <summary>
    /// Attends from <paramref name="q"/> <c>[batch, heads, tokens, d]</c> to <paramref name="k"/> and <paramref name="v"/>
    /// <c>[batch, keyValueHeads, keys, d]</c>, the last <c>tokens</c> of the keys being the queries' own positions. Gives
    /// <c>[batch, tokens, heads·d]</c>.
    /// </summary>
    public static Tensor Apply(Tensor q, Tensor k, Tensor v, ActivationType kept = ActivationType.Float32)
    {
        return ForwardScope.Run(() => apply(q, k, v, kept));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (q, k, v) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        var (heads, tokens, size) = (q.shape[1], q.shape[2], q.shape[3]);
        var result = empty([q.shape[0], tokens, heads, size], dtype: q.dtype, device: q.device);
        var mask = Mask(tokens, k.shape[2], q.device);
        for (var sequence = 0L; sequence < q.shape[0]; sequence++)
        {
            using var inner = NewDisposeScope();
            var (qs, ks, vs) = Sequence(q, k, v, sequence);
            var output = Probabilities(qs, ks, mask).bmm(vs).view(heads, tokens, size);
            result.select(0, sequence).copy_(output.transpose(0, 1));
        }
        ctx.set_materialize_grads(false);
        if (q.requires_grad || k.requires_grad || v.requires_grad)
            ctx.save_for_backward([.. new[] { q, k, v }.Select(t => SavedActivation.Pack(t, (ActivationType)vars[3]))]);
        return result.view(q.shape[0], tokens, heads * size);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables().ConvertAll(SavedActivation.Unpack);
        var (q, k, v) = (saved[0], saved[1], saved[2]);
        var (gq, gk, gv) = (empty_like(q), empty_like(k), empty_like(v));
        var heads = g.view(q.shape[0], q.shape[2], q.shape[1], q.shape[3]);
        var mask = Mask(q.shape[2], k.shape[2], q.device);
        for (var sequence = 0L; sequence < q.shape[0]; sequence++)
        {
            using var inner = NewDisposeScope();
            var (qs, ks, vs) = Sequence(q, k, v, sequence);
            var gs = Grouped(heads.select(0, sequence).transpose(0, 1), ks.shape[0]);
            var probabilities = Probabilities(qs, ks, mask);
            gv.select(0, sequence).copy_(probabilities.transpose(1, 2).bmm(gs));
            // dS = P·(dP − rowsum(dP·P)) / √d
            var scores = gs.bmm(vs.transpose(1, 2));
            var rows = scores.mul(probabilities).sum(-1, keepdim: true);
            scores = scores.sub_(rows).mul_(probabilities).mul_(Scale(q));
            gq.select(0, sequence).copy_(scores.bmm(ks).view(q.shape[1], q.shape[2], q.shape[3]));
            gk.select(0, sequence).copy_(scores.transpose(1, 2).bmm(qs));
        }
        return scope.Return(ctx, gq, gk, gv, null);
    }

    private static double Scale(Tensor q) => 1 / Math.Sqrt(q.shape[3]);

    // Query heads that share a key head stand under each other: [keyValueHeads, group·tokens, d].
    private static (Tensor Q, Tensor K, Tensor V) Sequence(Tensor q, Tensor k, Tensor v, long index) =>
        (Grouped(q.select(0, index), k.shape[1]), k.select(0, index), v.select(0, index));

    private static Tensor Grouped(Tensor heads, long keyValueHeads) => heads.reshape(keyValueHeads, -1, heads.shape[2]);

    // [keyValueHeads, group·tokens, keys]
    private static Tensor Probabilities(Tensor q, Tensor k, Tensor? mask)
    {
        var scores = q.bmm(k.transpose(1, 2)).mul_(1 / Math.Sqrt(q.shape[2]));
        if (mask is not null)
            scores.view(scores.shape[0], -1, mask.shape[0], mask.shape[1]).masked_fill_(mask, double.NegativeInfinity);
        return scores.softmax(-1);
    }

    // True where a key lies after the query.
    private static Tensor? Mask(long tokens, long keys, Device device) =>
        tokens == 1 ? null : ones([tokens, keys], dtype: ScalarType.Bool, device: device).triu(keys - tokens + 1);
}
