using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Planning;

/// <summary>The memory of the head and the loss, whole and in chunks.</summary>
internal sealed class HeadWalk(TrainingPlan plan, PlanSymbols symbols, MemoryWalk walk, WalkTape tape, PlannedProjection head)
{
    private readonly ProjectionWalk _projections = new(walk, tape);

    private PlanSize Predicting => sizeof(float) * symbols.Labelled * symbols.Hidden;

    /// <summary>The loss of the hidden states; <paramref name="places"/> are the rows that predict.</summary>
    public WalkValue Loss(WalkValue states, WalkBlock places)
    {
        using var scope = walk.Scope();
        using var category = walk.In(MemoryCategory.Workspace);
        var loss = plan.Training.Loss == LossKind.Chunked ? Chunked(states, places) : Whole(states, places);
        walk.MoveToOuter(loss.Block);
        return loss;
    }

    private WalkValue Whole(WalkValue states, WalkBlock places)
    {
        var predicting = new WalkValue(walk.New(PlanTerms.HeadInput, Predicting), states.NeedsGradient);
        if (predicting.NeedsGradient)
        {
            var saved = walk.Hold(places);
            tape.Push(predicting, g =>
            {
                // Every token's gradient, those of tokens that do not predict being zero.
                var all = walk.Detach(walk.New(PlanTerms.BackwardWork, states.Block.Size));
                walk.Release(g);
                walk.Release(saved);
                tape.Accumulate(states, all);
            });
        }
        using var input = new WalkInput(walk, predicting, symbols.Labelled, ActivationType.Float32);
        var logits = _projections.Apply(head, input, null, KeptTerms.Of(ActivationType.Float32));
        var kept = walk.Keep(logits.Block, PlanTerms.Logits);
        // The sum in float64, and what it is divided by.
        walk.Pass(PlanTerms.Loss, 16);
        var loss = new WalkValue(walk.New(PlanTerms.Loss, 4), true);
        tape.Push(loss, g =>
        {
            WalkBlock gradient;
            using (tape.Enter(g, kept))
                gradient = tape.Return(kept);
            tape.Accumulate(logits, gradient);
        });
        return loss;
    }

    private WalkValue Chunked(WalkValue states, WalkBlock places)
    {
        var sums = head.Parameters.Select(p => (Parameter: p, Sum: walk.New(PlanTerms.HeadGradients, p.Bytes))).ToList();
        var rows = states.NeedsGradient ? walk.New(PlanTerms.HeadGradients, Predicting) : null;
        Chunk(new("c", ChunkedLossFunction.Rows(plan.LabelledTokens, plan.Config.VocabularySize, plan.Training.LossChunkBytes),
            "labelled tokens of a chunk"), rows is not null);
        var loss = new WalkValue(walk.New(PlanTerms.Loss, 4), true);
        List<WalkBlock> saved = rows is null ? [] : [walk.Hold(places), walk.Hold(rows)];
        saved.AddRange(sums.Select(s => walk.Hold(s.Sum)));
        tape.Push(loss, g =>
        {
            WalkBlock? gradient = null;
            using (tape.Enter(g, saved))
            {
                if (rows is not null)
                    gradient = tape.Return(walk.New(PlanTerms.BackwardWork, states.Block.Size));
                foreach (var (_, sum) in sums)
                    tape.Return(sum);
            }
            if (gradient is not null)
                tape.Accumulate(states, gradient);
            foreach (var (parameter, sum) in sums)
                tape.Accumulate(parameter, sum);
        });
        return loss;
    }

    // Hidden states, logits, and the gradient of the hidden states, of one chunk.
    private void Chunk(PlanSymbol rows, bool needsHidden)
    {
        using var scope = walk.Scope();
        // The sum of the losses is in float64.
        walk.New(PlanTerms.Loss, 8);
        var states = sizeof(float) * rows * symbols.Hidden;
        walk.New(PlanTerms.HeadInput, states);
        walk.New(PlanTerms.Logits, sizeof(float) * rows * symbols.Vocabulary);
        _projections.Multiply(head, rows.Value);
        if (head.Ranks is { } rank)
        {
            if (head.Dropout > 0)
                walk.New(PlanTerms.HeadInput, states);
            walk.New(PlanTerms.HeadInput, 2 * sizeof(float) * rows * rank);
        }
        if (!needsHidden)
            return;
        walk.New(PlanTerms.HeadInput, states);
        _projections.MultiplyTransposed(head);
        if (head.Rank > 0 && head.Dropout > 0)
            walk.New(PlanTerms.HeadInput, states);
    }
}
