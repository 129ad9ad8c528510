using PeftLabs.Memory.Profiling;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Which keys a query sees: those of its own document, not after it, and with a window only the nearest.</summary>
/// <param name="Layout">The documents; null where each row is one, behind what a cache may hold.</param>
/// <param name="Window">A query sees keys at a distance below this, itself among them; null for all.</param>
internal sealed record AttentionPattern(SequenceLayout? Layout = null, long? Window = null)
{
    private static readonly ScopePath s_alone = ScopePath.Of("attention");

    /// <summary>How queries, keys and values wait for backward; torch's own operator keeps what it keeps.</summary>
    public ActivationType Kept { get; init; }

    /// <summary>Where the attention stands in a profile.</summary>
    public ScopePath Scope { get; init; } = s_alone;

    /// <summary>What scores are multiplied by; null for 1/√d.</summary>
    public double? Scale { get; init; }

    /// <summary>Scores s become c·tanh(s/c) of this c before the softmax; null for no cap.</summary>
    public double? SoftCap { get; init; }

    /// <summary>Causal attention over whole rows.</summary>
    public static AttentionPattern Causal { get; } = new();

    /// <summary>The spans of queries <c>[batch, heads, tokens, d]</c> and keys <c>[batch, keyValueHeads, keys, d]</c>.</summary>
    /// <exception cref="ArgumentException">The shapes fit neither each other nor the layout, or the window is below 1.</exception>
    public IReadOnlyList<AttentionSpan> Spans(Tensor q, Tensor k)
    {
        var (batch, tokens, keys) = (q.shape[0], q.shape[2], k.shape[2]);
        if (Window < 1)
            throw new ArgumentException($"The window is {Window}; it must be at least 1.");
        if (k.shape[0] != batch || q.shape[1] % k.shape[1] != 0 || q.shape[3] != k.shape[3] || keys < tokens)
            throw new ArgumentException($"Queries {Shape(q)} and keys {Shape(k)} do not fit: heads must be a multiple of key heads.");
        if (Layout is null)
            return [.. Enumerable.Range(0, (int)batch).Select(row => Span(row, 0, tokens, keys))];
        if (Layout.Batch != batch || Layout.Tokens != tokens || keys != tokens)
            throw new ArgumentException($"A layout of {Layout.Batch} × {Layout.Tokens} tokens does not fit queries {Shape(q)} and keys {Shape(k)}.");
        return [.. Layout.Spans.Select(s => Span(s.Row, s.Start, s.Length, s.Length))];
    }

    /// <summary>What scores of heads of <paramref name="size"/> features are multiplied by.</summary>
    public double ScaleFor(long size) => Scale ?? 1 / Math.Sqrt(size);

    /// <summary>
    /// Caps scores in place, and writes the slopes 1 − tanh²(s/c) where there is room for them; nothing happens where there is no cap.
    /// </summary>
    public void Cap(Tensor scores, Tensor? slopes)
    {
        if (SoftCap is not { } cap)
            return;
        scores.mul_(1 / cap).tanh_();
        slopes?.fill_(1).addcmul_(scores, scores, -1);
        scores.mul_(cap);
    }

    /// <summary>Tensors as they wait for backward.</summary>
    public List<Tensor> Pack(params ReadOnlySpan<Tensor> tensors)
    {
        List<Tensor> packed = [];
        foreach (var tensor in tensors)
            packed.Add(SavedActivation.Pack(tensor, Kept));
        return packed;
    }

    /// <summary>True where every query and key is in a span, so that whatever is computed by spans is written everywhere.</summary>
    public static bool Covers(IReadOnlyList<AttentionSpan> spans, Tensor q, Tensor k) =>
        spans.Sum(s => s.Queries) == q.shape[0] * q.shape[2] && spans.Sum(s => s.Keys) == k.shape[0] * k.shape[2];

    // Keys that no window reaches are left out.
    private AttentionSpan Span(long row, long start, long queries, long keys)
    {
        var window = Window ?? keys;
        var first = Math.Max(0, keys - queries - window + 1);
        return new(row, start, queries, start + first, keys - first, window);
    }

    private static string Shape(Tensor x) => $"[{string.Join(", ", x.shape)}]";
}
