using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>The memory of looking up tokens, and positions where they are learned.</summary>
internal sealed class EmbeddingWalk(TrainingPlan plan, PlannedModel model, MemoryWalk walk, WalkTape tape)
{
    /// <summary>The hidden states that the first block gets.</summary>
    public WalkValue Embed()
    {
        using var scope = walk.Scope();
        var x = Rows(model.Embedding);
        if (plan.Config.EmbeddingScale != 1 && x.NeedsGradient)
            x = Scaled(x);
        if (plan.Config.Family.Positions is not null)
        {
            // Which positions.
            var ids = walk.New(PlanTerms.States, 8 * model.Symbols.Tokens);
            x = Added(x, Rows(model.Positions, ids));
        }
        walk.MoveToOuter(x.Block);
        return x;
    }

    private WalkValue Rows(WalkParameter? matrix, WalkBlock? ids = null)
    {
        var states = model.Symbols.States;
        // Rows of 16 bits are looked up first, and widened then.
        var narrow = model.EmbeddingFormat is DenseFormat dense && dense != WeightFormat.Float32
            ? walk.Detach(walk.New(PlanTerms.States, states.Halved)) : null;
        var x = new WalkValue(walk.New(PlanTerms.States, states), matrix is not null);
        if (narrow is not null)
            walk.Release(narrow);
        if (matrix is not null)
        {
            var saved = ids is null ? null : walk.Hold(ids);
            tape.Push(x, g =>
            {
                var gradient = walk.Detach(walk.New(PlanTerms.Gradients, matrix.Bytes));
                walk.Release(g);
                if (saved is not null)
                    walk.Release(saved);
                tape.Accumulate(matrix, gradient);
            });
        }
        return x;
    }

    // In place; the gradient is one more.
    private WalkValue Scaled(WalkValue x)
    {
        var scaled = new WalkValue(x.Block, true);
        tape.Push(scaled, g =>
        {
            var gradient = walk.Detach(walk.New(PlanTerms.BackwardWork, g.Size));
            walk.Release(g);
            tape.Accumulate(x, gradient);
        });
        return scaled;
    }

    private WalkValue Added(WalkValue x, WalkValue positions)
    {
        var sum = new WalkValue(x.Block, x.NeedsGradient);
        if (x.NeedsGradient)
            tape.Push(sum, g =>
            {
                tape.Accumulate(x, walk.Hold(g));
                tape.Accumulate(positions, g);
            });
        return sum;
    }
}
