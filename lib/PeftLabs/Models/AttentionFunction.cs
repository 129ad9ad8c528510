using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Causal attention, softmax(q·kᵀ/√d)·v, with grouped heads, and with capped scores where the pattern says so. Keeps q, k and v; the
/// probabilities are computed again in backward, one document of the batch at a time, so that they never exist for the whole batch.
/// </summary>
internal sealed class AttentionFunction : autograd.SingleTensorFunction<AttentionFunction>
{
    public override string Name => "Attention";

    /// <summary>As <see cref="AttentionMethod.Apply"/>.</summary>
    public static Tensor Apply(Tensor q, Tensor k, Tensor v, AttentionPattern pattern)
    {
        return ForwardScope.Run(() => apply(q, k, v, pattern));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (q, k, v, pattern) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (AttentionPattern)vars[3]);
        var (heads, tokens, size) = (q.shape[1], q.shape[2], q.shape[3]);
        var spans = pattern.Spans(q, k);
        var result = empty([q.shape[0], tokens, heads, size], dtype: q.dtype, device: q.device);
        if (!AttentionPattern.Covers(spans, q, k))
            result.zero_();
        var mask = Mask(spans, q.device);
        foreach (var span in spans)
        {
            using var inner = NewDisposeScope();
            var (qs, ks, vs) = Span(q, k, v, span);
            var output = Probabilities(qs, ks, pattern, mask, span, null).bmm(vs).view(heads, span.Queries, size);
            result.select(0, span.Row).narrow(0, span.FirstQuery, span.Queries).copy_(output.transpose(0, 1));
        }
        ctx.set_materialize_grads(false);
        if (q.requires_grad || k.requires_grad || v.requires_grad)
            ctx.save_for_backward(pattern.Pack(q, k, v));
        ctx.save_data("pattern", pattern);
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
        var spans = pattern.Spans(q, k);
        Func<Tensor, Tensor> like = AttentionPattern.Covers(spans, q, k) ? x => empty_like(x) : x => zeros_like(x);
        var (gq, gk, gv) = (like(q), like(k), like(v));
        var heads = g.view(q.shape[0], q.shape[2], q.shape[1], q.shape[3]).transpose(1, 2);
        var mask = Mask(spans, q.device);
        foreach (var span in spans)
        {
            using var inner = NewDisposeScope();
            var (qs, ks, vs) = Span(q, k, v, span);
            var gs = Grouped(span.QueriesOf(heads), ks.shape[0]);
            var slopes = pattern.SoftCap is null ? null : empty([ks.shape[0], qs.shape[1], ks.shape[1]], device: q.device);
            var probabilities = Probabilities(qs, ks, pattern, mask, span, slopes);
            span.KeysOf(gv).copy_(probabilities.transpose(1, 2).bmm(gs));
            // dS = P·(dP − rowsum(dP·P)) / √d, times the cap's slope
            var scores = gs.bmm(vs.transpose(1, 2));
            var rows = scores.mul(probabilities).sum(-1, keepdim: true);
            scores = scores.sub_(rows).mul_(probabilities).mul_(pattern.ScaleFor(q.shape[3]));
            if (slopes is not null)
                scores = scores.mul_(slopes);
            span.QueriesOf(gq).copy_(scores.bmm(ks).view(q.shape[1], span.Queries, q.shape[3]));
            span.KeysOf(gk).copy_(scores.transpose(1, 2).bmm(qs));
        }
        return scope.Return(ctx, gq, gk, gv, null);
    }

    // Query heads that share a key head stand under each other: [keyValueHeads, group·tokens, d].
    private static (Tensor Q, Tensor K, Tensor V) Span(Tensor q, Tensor k, Tensor v, AttentionSpan span) =>
        (Grouped(span.QueriesOf(q), k.shape[1]), span.KeysOf(k), span.KeysOf(v));

    private static Tensor Grouped(Tensor heads, long keyValueHeads) => heads.reshape(keyValueHeads, -1, heads.shape[2]);

    // [keyValueHeads, group·tokens, keys]
    private static Tensor Probabilities(Tensor q, Tensor k, AttentionPattern pattern, Tensor? mask, AttentionSpan span, Tensor? slopes)
    {
        var scores = q.bmm(k.transpose(1, 2)).mul_(pattern.ScaleFor(q.shape[2]));
        pattern.Cap(scores, slopes);
        if (mask is not null && (span.Queries > 1 || span.Window < span.Keys))
        {
            var hidden = mask.narrow(0, 0, span.Queries).narrow(1, 0, span.Keys);
            scores.view(scores.shape[0], -1, span.Queries, span.Keys).masked_fill_(hidden, double.NegativeInfinity);
        }
        return scores.softmax(-1);
    }

    // All spans have the same shift, so the mask of the longest holds those of the others in its corner.
    private static Tensor? Mask(IReadOnlyList<AttentionSpan> spans, Device device) =>
        spans.Count == 0 ? null : spans.MaxBy(s => s.Keys).Hidden(device);
}
