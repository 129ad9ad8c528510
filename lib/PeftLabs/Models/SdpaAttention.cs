using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Attention by torch's scaled_dot_product_attention: whole rows in one call, documents in a call each. What it keeps for backward
/// is torch's affair: little where libtorch has a fused kernel for the device, the probabilities where it has none.
/// </summary>
internal static class SdpaAttention
{
    /// <summary>As <see cref="AttentionMethod.Apply"/>.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or scores are capped.</exception>
    public static Tensor Apply(Tensor q, Tensor k, Tensor v, AttentionPattern pattern)
    {
        Check(pattern.SoftCap);
        using var scope = NewDisposeScope();
        var spans = pattern.Spans(q, k);
        // torch's own scale is 1/√d.
        if (pattern.Scale is { } scale)
            q = q.mul(scale * Math.Sqrt(q.shape[3]));
        var rows = pattern.Layout is null ? Attend(q, k, v, spans[0]) : Packed(q, k, v, spans);
        return rows.transpose(1, 2).reshape(q.shape[0], q.shape[2], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Refuses what torch's operator does not do.</summary>
    /// <exception cref="ArgumentException">Scores are capped.</exception>
    public static void Check(double? softCap)
    {
        if (softCap is { } cap)
            throw new ArgumentException($"Attention is Sdpa, and the model caps its scores at {cap}, which scaled_dot_product_attention does not "
                + "do: use Tiled or Plain, or load without CapScores.");
    }

    // [batch, heads, tokens, d], each document in its place and zeros between.
    private static Tensor Packed(Tensor q, Tensor k, Tensor v, IReadOnlyList<AttentionSpan> spans)
    {
        List<Tensor> rows = [];
        for (var row = 0L; row < q.shape[0]; row++)
        {
            List<Tensor> parts = [];
            var next = 0L;
            foreach (var span in spans.Where(s => s.Row == row))
            {
                Pad(span.FirstQuery);
                parts.Add(Attend(Part(q, span), Part(k, span), Part(v, span), span));
                next = span.FirstQuery + span.Queries;
            }
            Pad(q.shape[2]);
            rows.Add(cat(parts, 2));

            void Pad(long until)
            {
                if (until > next)
                    parts.Add(zeros([1, q.shape[1], until - next, q.shape[3]], dtype: q.dtype, device: q.device));
            }
        }
        return cat(rows, 0);
    }

    private static Tensor Part(Tensor x, AttentionSpan span) => x.narrow(0, span.Row, 1).narrow(2, span.FirstQuery, span.Queries);

    private static Tensor Attend(Tensor q, Tensor k, Tensor v, AttentionSpan span)
    {
        var first = k.shape[2] - span.Keys;
        var (keys, values) = (Repeated(k.narrow(2, first, span.Keys), q.shape[1]), Repeated(v.narrow(2, first, span.Keys), q.shape[1]));
        // torch aligns its causal mask with the first key, so a mask of our own is needed behind a cache.
        if (span.Shift == 0 && span.Window >= span.Keys)
            return nn.functional.scaled_dot_product_attention(q, keys, values, is_casual: true);
        return nn.functional.scaled_dot_product_attention(q, keys, values, span.Hidden(q.device)?.logical_not());
    }

    // Each key head once for every query head of its group.
    private static Tensor Repeated(Tensor x, long heads) => x.shape[1] == heads
        ? x
        : x.unsqueeze(2).expand(x.shape[0], x.shape[1], heads / x.shape[1], x.shape[2], x.shape[3])
            .reshape(x.shape[0], heads, x.shape[2], x.shape[3]);
}
