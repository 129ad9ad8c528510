using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Planning;

/// <summary>The memory of the head and the loss, whole and in chunks.</summary>
internal sealed class HeadWalk(TrainingPlan plan, MemoryWalk walk, WalkTape tape, PlannedProjection head)
{
    private readonly ProjectionWalk _projections = new(walk, tape);
    private readonly long _labelled = plan.LabelledTokens, _hidden = plan.Config.HiddenSize, _vocabulary = plan.Config.VocabularySize;

    /// <summary>The loss of the hidden states; <paramref name="places"/> are the rows that predict.</summary>
    public WalkValue Loss(WalkValue states, WalkBlock places)
    {
        using var scope = walk.Scope();
        var loss = plan.Training.Loss == LossKind.Chunked ? Chunked(states, places) : Whole(states, places);
        walk.MoveToOuter(loss.Block);
        return loss;
    }

    private WalkValue Whole(WalkValue states, WalkBlock places)
    {
        var predicting = new WalkValue(walk.New(PlanTerms.HeadInput, 4 * _labelled * _hidden), states.NeedsGradient);
        var saved = walk.Hold(places);
        tape.Push(predicting, g =>
        {
            // Every token's gradient, those of tokens that do not predict being zero.
            var all = walk.Detach(walk.New(PlanTerms.BackwardWork, states.Block.Bytes));
            walk.Release(g);
            walk.Release(saved);
            tape.Accumulate(states, all);
        });
        using var input = new WalkInput(walk, predicting, _labelled, ActivationType.Float32);
        var logits = _projections.Apply(head, input, null, KeptTerms.Of(ActivationType.Float32));
        var kept = walk.Keep(logits.Block, PlanTerms.Logits);
        walk.Pass(PlanTerms.Loss, 8);
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
        var rows = walk.New(PlanTerms.HeadGradients, 4 * _labelled * _hidden);
        Chunk(ChunkedLossFunction.Rows(_labelled, _vocabulary, plan.Training.LossChunkBytes));
        var loss = new WalkValue(walk.New(PlanTerms.Loss, 4), true);
        WalkBlock[] saved = [walk.Hold(places), walk.Hold(rows), .. sums.Select(s => walk.Hold(s.Sum))];
        tape.Push(loss, g =>
        {
            WalkBlock gradient;
            using (tape.Enter(g, saved))
            {
                gradient = tape.Return(walk.New(PlanTerms.BackwardWork, states.Block.Bytes));
                foreach (var (_, sum) in sums)
                    tape.Return(sum);
            }
            tape.Accumulate(states, gradient);
            foreach (var (parameter, sum) in sums)
                tape.Accumulate(parameter, sum);
        });
        return loss;
    }

    // Hidden states, logits, and the gradient of the hidden states, of one chunk.
    private void Chunk(long rows)
    {
        using var scope = walk.Scope();
        walk.New(PlanTerms.HeadInput, 4 * rows * _hidden);
        walk.New(PlanTerms.Logits, 4 * rows * _vocabulary);
        _projections.Multiply(head, rows);
        if (head.Rank > 0)
            walk.New(PlanTerms.HeadInput, 2 * 4 * rows * head.Rank);
        walk.New(PlanTerms.HeadInput, 4 * rows * _hidden);
        _projections.MultiplyTransposed(head);
    }
}
