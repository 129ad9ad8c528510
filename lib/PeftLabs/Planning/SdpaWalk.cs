using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>
/// The memory of torch's attention as operators compute it, each recorded by itself, which is what libtorch does on a CPU for which it
/// has no fused kernel. Documents with places of their own are computed one after the other and put together.
/// </summary>
internal sealed class SdpaWalk
{
    private readonly PlanSymbols _symbols;
    private readonly MemoryWalk _walk;
    private readonly WalkTape _tape;
    // The documents of each row, and what of it is padding; or one call for all rows.
    private readonly (SdpaCall[] Calls, PlanSymbol Padding)[] _rows;
    private readonly bool _isPacked;

    public SdpaWalk(TrainingPlan plan, PlanSymbols symbols, MemoryWalk walk, WalkTape tape)
    {
        (_symbols, _walk, _tape, _isPacked) = (symbols, walk, tape, plan.Layout is not null);
        // Several rows' heads are multiplied at once where there are no documents: what does not lie row by row is copied then.
        _rows = plan.Layout is { } layout
            ? [.. Enumerable.Range(0, (int)layout.Batch).Select(row => Row(plan, symbols, layout, row))]
            : [([new SdpaCall(plan, symbols, null)], new("u", 0, "tokens of no document"))];
    }

    private static (SdpaCall[] Calls, PlanSymbol Padding) Row(TrainingPlan plan, PlanSymbols symbols, SequenceLayout layout, long row)
    {
        var spans = layout.Spans.Where(s => s.Row == row).ToList();
        return ([.. spans.Select(s => new SdpaCall(plan, symbols, new("ℓ", s.Length, "tokens of a document")))],
            new("u", layout.Tokens - spans.Sum(s => s.Length), "tokens of a row that are of no document"));
    }

    private PlanSize Queries => 4 * _symbols.Tokens * _symbols.Query;

    private PlanSize Keys => 4 * _symbols.Tokens * _symbols.Key;

    public WalkValue Apply(WalkValue q, WalkValue k, WalkValue v, KeptTerms kept)
    {
        using var scope = _walk.Scope();
        var isRecorded = _tape.Records && (q.NeedsGradient || k.NeedsGradient || v.NeedsGradient);
        List<SdpaSaved?> saved = [];
        foreach (var (calls, padding) in _rows)
        {
            saved.AddRange(Array.ConvertAll(calls, call => Attend(call, q, k, v, kept, isRecorded)));
            if (!_isPacked)
                continue;
            // Zeros where there is no document, and the row of its documents.
            _walk.New(PlanTerms.Products, 4 * padding * _symbols.Query);
            _walk.New(PlanTerms.Products, 4 * _symbols.Row * _symbols.Query);
        }
        // All rows.
        if (_isPacked)
            _walk.New(PlanTerms.Products, Queries);
        var result = _walk.New(PlanTerms.Products, Queries);
        var output = new WalkValue(result, isRecorded);
        if (isRecorded)
            _tape.Push(output, g => Backward(q, k, v, saved, g));
        _walk.MoveToOuter(result);
        return output;
    }

    private SdpaSaved? Attend(SdpaCall call, WalkValue q, WalkValue k, WalkValue v, KeptTerms kept, bool isRecorded)
    {
        var isWeighed = q.NeedsGradient || k.NeedsGradient;
        var keys = call.Repeats ? _walk.New(PlanTerms.Products, call.Queries) : k.Block;
        var values = call.Repeats ? _walk.New(PlanTerms.Products, call.Queries) : v.Block;
        using var scope = _walk.Scope();
        var scaled = _walk.New(PlanTerms.Products, call.Queries);
        keys = call.CopiesKeys ? _walk.New(PlanTerms.Products, call.Queries) : keys;
        _walk.New(PlanTerms.Scores, call.Scores);
        if (call.CopiesKeys && !(isRecorded && q.NeedsGradient))
            _walk.Release(_walk.Detach(keys));
        _walk.New(PlanTerms.Scores, 2 * call.Mask);
        var hidden = _walk.New(PlanTerms.Scores, call.Mask);
        _walk.New(PlanTerms.Scores, call.Scores);
        var weights = _walk.New(PlanTerms.Scores, call.Scores);
        values = call.CopiesValues ? _walk.New(PlanTerms.Products, call.Queries) : values;
        _walk.MoveToOuter(_walk.New(PlanTerms.Products, call.Queries));
        return !isRecorded ? null : new SdpaSaved(call,
            k.NeedsGradient ? _walk.Keep(scaled, kept.Heads) : null,
            q.NeedsGradient ? _walk.Keep(keys, kept.Heads) : null,
            isWeighed ? _walk.Keep(hidden, kept.Probabilities) : null,
            isWeighed ? _walk.Keep(values, kept.Heads) : null,
            _walk.Keep(weights, kept.Probabilities));
    }

    // The last document first; what came in is let go with the last that sees it.
    private void Backward(WalkValue q, WalkValue k, WalkValue v, List<SdpaSaved?> saved, WalkBlock g)
    {
        if (_isPacked)
            foreach (var document in Enumerable.Reverse(saved))
                Backward(q, k, v, document!, null);
        else
            Backward(q, k, v, saved[0]!, g);
        if (_isPacked)
            _walk.Release(g);
    }

    // Operator by operator, each letting go what it had saved when it is through.
    private void Backward(WalkValue q, WalkValue k, WalkValue v, SdpaSaved saved, WalkBlock? g)
    {
        var call = saved.Call;
        // The weights' product with the values.
        var copy = call.HasRows ? Make(PlanTerms.BackwardWork, call.Queries) : null;
        var toWeights = saved.Values is null ? null : Make(PlanTerms.ScoreGradients, call.Scores);
        var toValues = v.NeedsGradient ? Make(PlanTerms.BackwardWork, call.Queries) : null;
        Release(g, copy, saved.Values);
        var (toQueries, toKeys) = toWeights is null ? (null, null) : ThroughSoftmax(q, k, saved, toWeights);
        if (toWeights is null)
            _walk.Release(saved.Weights);
        // Summed over the heads that share a key, and put where the document's keys are.
        for (var copies = call.IsGrouped ? 2 : 1; copies > 0; copies--)
            toValues = Replaced(toValues, call.Keys);
        for (var copies = call.IsGrouped ? 2 : 1; copies > 0; copies--)
            toKeys = Replaced(toKeys, call.Keys);
        Accumulate(v, toValues, 4 * _symbols.Row * _symbols.Key, Keys);
        Accumulate(k, toKeys, 4 * _symbols.Row * _symbols.Key, Keys);
        Accumulate(q, toQueries, 4 * _symbols.Row * _symbols.Query, Queries);
    }

    // Softmax, mask, and the queries' product with the keys.
    private (WalkBlock? Queries, WalkBlock? Keys) ThroughSoftmax(WalkValue q, WalkValue k, SdpaSaved saved, WalkBlock gradient)
    {
        var call = saved.Call;
        gradient = Replace(gradient, call.Scores);
        _walk.Release(saved.Weights);
        gradient = Replace(gradient, call.Scores);
        _walk.Release(saved.Hidden!);
        var toQueries = q.NeedsGradient ? Make(PlanTerms.BackwardWork, call.Queries) : null;
        var toKeys = k.NeedsGradient ? Make(PlanTerms.BackwardWork, call.Queries) : null;
        Release(gradient, saved.Scaled, saved.Keys);
        return (Replaced(toQueries, call.Queries), toKeys);
    }

    // A document's gradients are put into zeros of its row, and these into zeros of all rows.
    private void Accumulate(WalkValue value, WalkBlock? gradient, PlanSize row, PlanSize rows)
    {
        if (gradient is null)
            return;
        if (_isPacked)
            gradient = Replace(Replace(gradient, row), rows);
        _tape.Accumulate(value, gradient);
    }

    private WalkBlock? Replaced(WalkBlock? old, PlanSize size) => old is null ? null : Replace(old, size);

    private WalkBlock Replace(WalkBlock old, PlanSize size)
    {
        var made = Make(old.Kind.Term, size);
        _walk.Release(old);
        return made;
    }

    private WalkBlock Make(PlanTerm term, PlanSize size) => _walk.Detach(_walk.New(term, size));

    private void Release(params ReadOnlySpan<WalkBlock?> blocks)
    {
        foreach (var block in blocks)
            if (block is not null)
                _walk.Release(block);
    }
}
