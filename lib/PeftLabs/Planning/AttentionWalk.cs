using PeftLabs.Models;
using static TorchSharp.torch;

namespace PeftLabs.Planning;

/// <summary>The memory of the ways to compute attention, on a CPU. What they work with is that of the longest document.</summary>
internal sealed class AttentionWalk
{
    private readonly TrainingPlan _plan;
    private readonly PlanSymbols _symbols;
    private readonly MemoryWalk _walk;
    private readonly WalkTape _tape;
    private readonly PlanSymbol _document;
    private readonly SdpaWalk _sdpa;

    public AttentionWalk(TrainingPlan plan, PlanSymbols symbols, MemoryWalk walk, WalkTape tape)
    {
        (_plan, _symbols, _walk, _tape) = (plan, symbols, walk, tape);
        var longest = plan.Layout?.LongestSpan ?? plan.Tokens;
        _document = longest == plan.Tokens ? symbols.Row : new("ℓ", longest, "tokens of the longest document");
        (Queries, Keys) = (4 * symbols.Tokens * symbols.Query, 4 * symbols.Tokens * symbols.Key);
        _sdpa = new(plan, symbols, walk, tape);
    }

    private bool IsGrouped => _symbols.Group.Value > 1;

    /// <summary>Bytes of all rows' queries, and of their keys.</summary>
    private PlanSize Queries { get; }

    private PlanSize Keys { get; }

    /// <summary>Attends; gives the output, of the queries' size.</summary>
    public WalkValue Apply(PlannedBlock block, WalkValue q, WalkValue k, WalkValue v, KeptTerms kept) => _plan.Training.Attention switch
    {
        AttentionKind.Sdpa => _sdpa.Apply(q, k, v, kept),
        AttentionKind.Tiled => Tiled(q, k, v, kept, block.Window),
        _ => Plain(q, k, v, kept, block.Window),
    };

    // The slopes of capped scores are one more tensor of their size in backward.
    private int Slopes => _plan.Loading.CapScores && _plan.Config.AttentionSoftCap is not null ? 1 : 0;

    private WalkValue Plain(WalkValue q, WalkValue k, WalkValue v, KeptTerms kept, int? window)
    {
        using var scope = _walk.Scope();
        PlanSize scores = 4 * _symbols.Heads * _document * _document, rows = 4 * _document * _symbols.Query, keys = 4 * _document * _symbols.Key;
        // Heads that share a key stand under each other, which is a copy but where the document is the row.
        var copied = IsGrouped && _document != _symbols.Row;
        var result = _walk.New(PlanTerms.Products, Queries);
        Mask(window);
        using (_walk.Scope())
        {
            // The scores, their softmax, and a document's output.
            _walk.New(PlanTerms.Scores, 2 * scores);
            _walk.New(PlanTerms.Products, (copied ? 2 : 1) * rows);
        }
        return Node(q, k, v, (result, window), kept, [], () =>
        {
            // The queries and the output's gradient where they are copied, and the gradients of a document before they have their place.
            _walk.New(PlanTerms.BackwardWork, (copied ? 3 : IsGrouped ? 2 : 1) * rows);
            _walk.New(PlanTerms.BackwardWork, 2 * keys);
            // The scores, their softmax, its gradient, that times the softmax, and the sums of its rows.
            _walk.New(PlanTerms.ScoreGradients, (4 + Slopes) * scores);
            _walk.New(PlanTerms.ScoreGradients, 4 * _symbols.Heads * _document);
        });
    }

    private WalkValue Tiled(WalkValue q, WalkValue k, WalkValue v, KeptTerms kept, int? window)
    {
        using var scope = _walk.Scope();
        var t = new AttentionTilePlan(_symbols, _document, AttentionTileSize.For(CPU), window);
        var result = _walk.New(PlanTerms.Products, Queries);
        var sums = t.InOne ? null : _walk.New(PlanTerms.Scores, 4 * _symbols.Tokens * _symbols.Heads);
        using (_walk.Scope())
        {
            _walk.New(PlanTerms.Scores, t.Tile);
            _walk.New(PlanTerms.Scores, t.Mask);
            _walk.New(PlanTerms.Scores, t.InOne ? t.Softmax : 5 * t.Row);
            // A copy of the queries, and the output.
            _walk.New(PlanTerms.Products, (t.CopiesQueries ? 2 : 1) * t.Rows);
        }
        return Node(q, k, v, (result, window), kept, sums is null ? [] : [(result, kept.Output), (sums, kept.Output)], () =>
        {
            // Two buffers, and where there is one tile of keys the softmax and the product with its gradient.
            _walk.New(PlanTerms.ScoreGradients, (2 + Slopes) * t.Tile);
            _walk.New(PlanTerms.ScoreGradients, t.Mask);
            _walk.New(PlanTerms.ScoreGradients, (IsGrouped && !t.InOne ? 2 : 1) * t.Row);
            if (t.InOne)
                _walk.New(PlanTerms.ScoreGradients, 2 * t.Softmax);
            // The queries, their gradient, the output's gradient, and the output and its product with that.
            var copies = (t.CopiesQueries ? 1 : 0) + 1 + (IsGrouped ? 1 : 0) + (t.InOne ? 0 : IsGrouped ? 2 : 1);
            _walk.New(PlanTerms.BackwardWork, copies * t.Rows);
        });
    }

    // A node that keeps q, k and v, and more of its own.
    private WalkValue Node(WalkValue q, WalkValue k, WalkValue v, (WalkBlock Block, int? Window) made, KeptTerms kept,
        (WalkBlock Block, PlanTerm Term)[] more, Action work)
    {
        var result = made.Block;
        var output = new WalkValue(result, _tape.Records && (q.NeedsGradient || k.NeedsGradient || v.NeedsGradient));
        _walk.MoveToOuter(result);
        if (!output.NeedsGradient)
            return output;
        List<WalkBlock> saved = [];
        List<PlanSize> unpacked = [];
        foreach (var (block, term) in new[] { (q.Block, kept.Heads), (k.Block, kept.Heads), (v.Block, kept.Heads) }.Concat(more))
        {
            // Sums are small, and are not rounded.
            if (kept.Type == ActivationType.Float32 || block.Kind.Term.Name == PlanTerms.Scores.Name)
            {
                saved.Add(_walk.Keep(block, term));
                continue;
            }
            saved.Add(_walk.Detach(_walk.New(term, block.Size.Halved)));
            unpacked.Add(block.Size);
        }
        _tape.Push(output, g => Backward(q, k, v, (saved, unpacked, made.Window), g, work));
        return output;
    }

    private void Backward(WalkValue q, WalkValue k, WalkValue v, (List<WalkBlock> Saved, List<PlanSize> Unpacked, int? Window) kept, WalkBlock g, Action work)
    {
        var (saved, unpacked, window) = kept;
        WalkBlock[] gradients;
        using (_tape.Enter(g, saved))
        {
            foreach (var size in unpacked)
                _walk.New(PlanTerms.BackwardWork, size);
            gradients = [.. new[] { Queries, Keys, Keys }.Select(size => _walk.New(PlanTerms.BackwardWork, size))];
            if (_plan.Training.Attention == AttentionKind.Plain)
                Mask(window);
            using (_walk.Scope())
                work();
            gradients = [.. gradients.Select(_tape.Return)];
        }
        foreach (var (value, gradient) in new[] { q, k, v }.Zip(gradients))
            _tape.Accumulate(value, gradient);
    }

    // Ones, the triangle of them that is hidden, and with a window the one before it.
    private void Mask(int? window) => _walk.New(PlanTerms.Scores, (window < _document.Value ? 3 : 2) * _document * _document);
}
