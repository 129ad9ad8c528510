using System.Diagnostics;
using PeftLabs.Memory;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>
/// Sequences that a model continues together, a token each at a time. Each has a cache and a length of its own; nothing is padded, and
/// one may end or begin while the others go on.
/// </summary>
internal sealed class SequenceBatch : IDisposable
{
    // Tokens of a prompt that go through the model at once, so that its activations stay small.
    private const int PrefillTokens = 512;

    private readonly CausalLM _model;
    private readonly bool _training;
    private readonly List<GeneratingSequence> _going = [];

    public SequenceBatch(CausalLM model)
    {
        (_model, _training) = (model, model.training);
        model.eval();
    }

    /// <summary>Sequences that go on.</summary>
    public IReadOnlyList<GeneratingSequence> Going => _going;

    /// <summary>Seconds that prompts took so far, and tokens after them.</summary>
    public (double Prefill, double Decode) Seconds { get; private set; }

    /// <summary>Takes a sequence in: its prompt goes through the model, as far as its cache has not seen it, and its first token is chosen.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Start(GeneratingSequence sequence, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        Fill(sequence, sequence.Prompt, cancellation);
        if (sequence.Reason is null)
            _going.Add(sequence);
        Seconds = (Seconds.Prefill + Stopwatch.GetElapsedTime(start).TotalSeconds, Seconds.Decode);
    }

    /// <summary>A token for each sequence that goes on; those that end with it leave.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Step(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_going.Count == 0)
            return;
        var start = Stopwatch.GetTimestamp();
        var grown = _going.FindAll(GrowsLong);
        foreach (var sequence in grown)
            Fill(sequence, [.. sequence.Prompt, .. sequence.Tokens], cancellation);
        foreach (var some in (grown.Count == 0 ? _going : _going.Except(grown)).Chunk(FewTokens.Most))
            Pass(some, Array.ConvertAll(some, s => (long)s.Tokens[^1]), choose: true);
        _going.RemoveAll(s => s.Reason is not null);
        Seconds = (Seconds.Prefill, Seconds.Decode + Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Leaves the model as it was.</summary>
    public void Dispose() => _model.train(_training);

    // A text goes through the model, as far as its cache has not seen it, and its next token is chosen.
    private void Fill(GeneratingSequence sequence, IReadOnlyList<int> text, CancellationToken cancellation)
    {
        // The wavelengths of a long text are others from its first token on: what was seen while it was short is forgotten, and the
        // first pass is as long as to show that it is long.
        var brief = _model.Config.Rotary.LongScaling is { } scaling && text.Count > scaling.OriginalPositions ? scaling.OriginalPositions : 0;
        if (sequence.Cache.Length <= brief)
            sequence.Cache.Truncate(0);
        var done = (int)sequence.Cache.Length;
        while (done < text.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(done == 0 ? Math.Max(PrefillTokens, brief + 1) : PrefillTokens, text.Count - done);
            Pass([sequence], [.. text.Skip(done).Take(count).Select(t => (long)t)], choose: done + count == text.Count);
            done += count;
        }
    }

    // Whether its next token makes a short text a long one, for the family's wavelengths.
    private bool GrowsLong(GeneratingSequence sequence) => sequence.Cache.Length == _model.Config.Rotary.LongScaling?.OriginalPositions;

    // As many ids a sequence; the last one's logits choose its next token.
    private void Pass(GeneratingSequence[] sequences, long[] ids, bool choose)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        var tokens = ids.Length / sequences.Length;
        var hidden = _model.Hidden(tensor(ids, sequences.Length, tokens, device: _model.Device), Array.ConvertAll(sequences, s => s.Cache));
        if (!choose)
            return;
        var logits = _model.Logits(hidden.narrow(1, tokens - 1, 1)).to(ScalarType.Float32, CPU).contiguous();
        var width = (int)logits.shape[2];
        for (var i = 0; i < sequences.Length; i++)
            sequences[i].Choose(logits.Span<float>().Slice(i * width, width));
    }
}
