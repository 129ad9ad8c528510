using PeftLabs.Models;
using static TorchSharp.torch;

namespace PeftLabs.Planning;

/// <summary>The memory of the ways to compute attention, on a CPU; rows are taken to be one document each.</summary>
internal sealed class AttentionWalk(TrainingPlan plan, MemoryWalk walk, WalkTape tape)
{
    private readonly long _batch = plan.Batch, _tokens = plan.Tokens, _heads = plan.Config.Heads, _keyHeads = plan.Config.KeyValueHeads,
        _size = plan.Config.HeadSize;

    private long Group => _heads / _keyHeads;

    /// <summary>Bytes of a square of scores for all heads of a row.</summary>
    private long Scores => sizeof(float) * _heads * _tokens * _tokens;

    /// <summary>Bytes of all rows' queries, and of their keys.</summary>
    private long Queries => sizeof(float) * _batch * _tokens * _heads * _size;

    private long Keys => Queries / Group;

    /// <summary>Attends; gives the output, of the queries' size.</summary>
    public WalkValue Apply(WalkValue q, WalkValue k, WalkValue v, KeptTerms kept) => plan.Training.Attention switch
    {
        AttentionKind.Sdpa => Sdpa(q, k, v, kept),
        AttentionKind.Tiled => Tiled(q, k, v, kept),
        _ => Plain(q, k, v, kept),
    };

    private WalkValue Plain(WalkValue q, WalkValue k, WalkValue v, KeptTerms kept)
    {
        using var scope = walk.Scope();
        var result = walk.New(PlanTerms.Products, Queries);
        Mask();
        using (walk.Scope())
        {
            // The scores, their softmax, and a row's output.
            walk.New(PlanTerms.Scores, 2 * Scores);
            walk.New(PlanTerms.Products, Queries / _batch);
        }
        return Node(q, k, v, result, kept, [], () =>
        {
            // What is multiplied with the output's gradient is copied where heads share a key; a row's gradients are copied to their place.
            walk.New(PlanTerms.BackwardWork, (2 * Queries + 3 * Keys) / _batch - (Group == 1 ? Queries / _batch : 0) - Keys / _batch);
            // The scores, their softmax, its gradient, and that times the softmax.
            walk.New(PlanTerms.ScoreGradients, 4 * Scores + sizeof(float) * _heads * _tokens);
        });
    }

    private WalkValue Tiled(WalkValue q, WalkValue k, WalkValue v, KeptTerms kept)
    {
        using var scope = walk.Scope();
        var size = AttentionTileSize.For(CPU);
        var (queries, keys) = (Math.Min(size.QueriesFor(Group), _tokens), Math.Min(size.Keys, _tokens));
        long tile = sizeof(float) * Group * queries * keys, rows = sizeof(float) * Group * queries * _size;
        var inOne = _tokens <= size.Keys;
        // A tile of queries meets the keys up to its last one; where there is one tile of keys, the softmax is that narrow.
        var met = Enumerable.Range(0, (int)((_tokens + queries - 1) / queries)).Max(t =>
            sizeof(float) * Group * Math.Min(queries, _tokens - t * queries) * Math.Min(_tokens, (t + 1) * queries));
        var result = walk.New(PlanTerms.Products, Queries);
        var sums = inOne ? null : walk.New(PlanTerms.Scores, sizeof(float) * _batch * _heads * _tokens);
        // A copy of the queries, and the output.
        var copied = Group == 1 || queries == _tokens ? 0 : rows;
        using (walk.Scope())
        {
            walk.New(PlanTerms.Scores, tile + 2 * queries * queries + (inOne ? met : 5 * rows / _size));
            walk.New(PlanTerms.Products, copied + rows);
        }
        return Node(q, k, v, result, kept, sums is null ? [] : [(result, kept.Output), (sums, kept.Output)], () =>
        {
            // Two buffers, and where there is one tile of keys the softmax and the product with its gradient.
            walk.New(PlanTerms.ScoreGradients, 2 * tile + (inOne ? 2 * met : 0) + 2 * queries * queries + 4 * rows / _size);
            // The queries, their gradient, the output's gradient, and the output and its product with that.
            walk.New(PlanTerms.BackwardWork, copied + rows + (Group == 1 ? 0 : rows) + (inOne ? 0 : (Group == 1 ? 1 : 2) * rows));
        });
    }

    // A node that keeps q, k and v, and more of its own.
    private WalkValue Node(WalkValue q, WalkValue k, WalkValue v, WalkBlock result, KeptTerms kept,
        (WalkBlock Block, PlanTerm Term)[] more, Action work)
    {
        var output = new WalkValue(result, tape.Records && (q.NeedsGradient || k.NeedsGradient || v.NeedsGradient));
        walk.MoveToOuter(result);
        if (!output.NeedsGradient)
            return output;
        List<WalkBlock> saved = [];
        var unpacked = 0L;
        foreach (var (block, term) in new[] { (q.Block, kept.Heads), (k.Block, kept.Heads), (v.Block, kept.Heads) }.Concat(more))
        {
            // Sums are small, and are not rounded.
            var packed = kept.Type != ActivationType.Float32 && block.Term != PlanTerms.Scores;
            saved.Add(packed ? walk.Detach(walk.New(term, block.Bytes / 2)) : walk.Keep(block, term));
            unpacked += packed ? block.Bytes : 0;
        }
        tape.Push(output, g => Backward(q, k, v, saved, unpacked, g, work));
        return output;
    }

    private void Backward(WalkValue q, WalkValue k, WalkValue v, List<WalkBlock> saved, long unpacked, WalkBlock g, Action work)
    {
        WalkBlock[] gradients;
        using (tape.Enter(g, saved))
        {
            walk.New(PlanTerms.BackwardWork, unpacked);
            gradients = [walk.New(PlanTerms.BackwardWork, Queries), walk.New(PlanTerms.BackwardWork, Keys), walk.New(PlanTerms.BackwardWork, Keys)];
            if (plan.Training.Attention == AttentionKind.Plain)
                Mask();
            using (walk.Scope())
                work();
            gradients = [.. gradients.Select(tape.Return)];
        }
        foreach (var (value, gradient) in new[] { q, k, v }.Zip(gradients))
            tape.Accumulate(value, gradient);
    }

    // Ones, and the triangle of them that is hidden.
    private void Mask() => walk.New(PlanTerms.Scores, 2 * _tokens * _tokens);

    // As operators compute it where libtorch has no such one.
    private WalkValue Sdpa(WalkValue q, WalkValue k, WalkValue v, KeptTerms kept)
    {
        using var scope = walk.Scope();
        var scores = _batch * Scores;
        WalkBlock repeatedKeys = k.Block, repeatedValues = v.Block, scaled, weights, hidden;
        if (Group > 1)
            (repeatedKeys, repeatedValues) = (walk.New(PlanTerms.Products, Queries), walk.New(PlanTerms.Products, Queries));
        using (walk.Scope())
        {
            scaled = walk.MoveToOuter(walk.New(PlanTerms.Products, Queries));
            walk.New(PlanTerms.Scores, scores + 2 * _tokens * _tokens);
            hidden = walk.MoveToOuter(walk.New(PlanTerms.Scores, _tokens * _tokens));
            walk.New(PlanTerms.Scores, scores);
            weights = walk.MoveToOuter(walk.New(PlanTerms.Scores, scores));
            walk.MoveToOuter(walk.New(PlanTerms.Products, Queries));
        }
        var result = walk.New(PlanTerms.Products, Queries);
        var output = new WalkValue(result, tape.Records && (q.NeedsGradient || k.NeedsGradient || v.NeedsGradient));
        if (output.NeedsGradient)
        {
            List<WalkBlock> saved = [];
            if (k.NeedsGradient)
                saved.Add(walk.Keep(scaled, kept.Heads));
            if (q.NeedsGradient)
                saved.Add(walk.Keep(repeatedKeys, kept.Heads));
            if (q.NeedsGradient || k.NeedsGradient)
                saved.AddRange([walk.Keep(hidden, kept.Probabilities), walk.Keep(repeatedValues, kept.Heads)]);
            saved.Add(walk.Keep(weights, kept.Probabilities));
            tape.Push(output, g => SdpaBackward(q, k, v, saved, g));
        }
        walk.MoveToOuter(result);
        return output;
    }

    private void SdpaBackward(WalkValue q, WalkValue k, WalkValue v, List<WalkBlock> saved, WalkBlock g)
    {
        List<(WalkValue, WalkBlock)> gradients = [];
        using (walk.Scope())
        {
            foreach (var block in saved.Append(g))
                walk.Attach(block);
            using (walk.Scope())
                walk.New(PlanTerms.ScoreGradients, 2 * _batch * Scores);
            gradients = [.. new[] { (q, Queries), (k, Keys), (v, Keys) }.Where(p => p.Item1.NeedsGradient)
                .Select(p => (p.Item1, walk.Detach(walk.New(PlanTerms.BackwardWork, p.Item2))))];
        }
        foreach (var (value, gradient) in gradients)
            tape.Accumulate(value, gradient);
    }
}
