using PeftLabs.Memory;
using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>The memory of what is computed again in backward.</summary>
internal sealed class CheckpointWalk(TrainingPlan plan, MemoryWalk walk, WalkTape tape, BlockWalk blocks, WalkBlock rotation)
{
    private readonly StoreWalk _store = new(plan.Training, walk, blocks.Hidden);

    /// <summary>Applies a part that is computed again.</summary>
    /// <param name="block">The block.</param>
    /// <param name="part">What of it.</param>
    /// <param name="x">The part's input.</param>
    /// <param name="done">Called when its gradients are there.</param>
    public WalkValue Apply(PlannedBlock block, BlockPart part, WalkValue x, Action? done)
    {
        using var scope = walk.Scope();
        var index = _store.Put(x.Block);
        WalkBlock output;
        using (tape.Pause())
            output = Forward(block, part, new(x.Block, false));
        walk.MoveToOuter(output);
        var result = new WalkValue(output, needsGradient: true);
        var saved = walk.Hold(rotation);
        tape.Push(result, g => Backward(block, part, x, index, saved, g, done));
        return result;
    }

    private WalkBlock Forward(PlannedBlock block, BlockPart part, WalkValue x)
    {
        using var scope = walk.Scope();
        var middle = part.HasFlag(BlockPart.Attention) ? blocks.Attention(block, x, KeptTerms.Recomputed) : x;
        // Each branch's output becomes its sum with what goes past it.
        var isParallel = block.Config.IsParallel && part == BlockPart.Block;
        var output = part.HasFlag(BlockPart.FeedForward) ? blocks.FeedForward(block, isParallel ? x : middle, KeptTerms.Recomputed) : middle;
        return walk.MoveToOuter(isParallel ? middle.Block : output.Block);
    }

    private void Backward(PlannedBlock block, BlockPart part, WalkValue x, int index, WalkBlock saved, WalkBlock g, Action? done)
    {
        WalkBlock? gradient;
        using (tape.Enter(g, saved))
        {
            var taken = _store.Take(index);
            walk.Attach(taken);
            var leaf = new WalkValue(taken, x.NeedsGradient);
            gradient = part != BlockPart.Block ? Half(block, part, leaf, g) : block.Config.IsParallel ? Both(block, leaf, g) : Whole(block, leaf, g);
            done?.Invoke();
            gradient = gradient is null ? null : tape.Return(gradient);
        }
        if (gradient is not null)
            tape.Accumulate(x, gradient);
    }

    private WalkBlock? Half(PlannedBlock block, BlockPart part, WalkValue leaf, WalkBlock g)
    {
        using var scope = walk.Scope();
        using (tape.Record())
        using (walk.Scope())
        {
            var branch = Record(() => part == BlockPart.Attention ? blocks.Attention(block, leaf, KeptTerms.Recomputed, outputNeeded: false)
                : blocks.FeedForward(block, leaf, KeptTerms.Recomputed, outputNeeded: false));
            Propagate(branch, g);
        }
        return leaf.NeedsGradient ? walk.MoveToOuter(Gradient(leaf)) : null;
    }

    // Both halves of the same input, the last one first; the second gradient is added to the first in place.
    private WalkBlock? Both(PlannedBlock block, WalkValue leaf, WalkBlock g)
    {
        using var scope = walk.Scope();
        WalkBlock? first = null;
        using (tape.Record())
            foreach (var part in new[] { BlockPart.FeedForward, BlockPart.Attention })
            {
                using var inner = walk.Scope();
                Propagate(Record(() => part == BlockPart.Attention ? blocks.Attention(block, leaf, KeptTerms.Recomputed, outputNeeded: false)
                    : blocks.FeedForward(block, leaf, KeptTerms.Recomputed, outputNeeded: false)), g);
                if (first is not null && leaf.Gradient is { } second)
                    walk.Release(second);
                first ??= leaf.Gradient;
                leaf.Gradient = null;
            }
        leaf.Gradient = first;
        return leaf.NeedsGradient ? walk.MoveToOuter(Gradient(leaf)) : null;
    }

    private WalkBlock? Whole(PlannedBlock block, WalkValue input, WalkBlock g)
    {
        using var scope = walk.Scope();
        using (tape.Record())
        {
            var attended = Record(() => blocks.Attention(block, input, KeptTerms.Recomputed));
            var middle = new WalkValue(attended.Block, attended.NeedsGradient || input.NeedsGradient);
            using (tape.Record())
            using (walk.Scope())
                Propagate(Record(() => blocks.FeedForward(block, middle, KeptTerms.Recomputed, outputNeeded: false)), g);
            if (!middle.NeedsGradient)
                return null;
            Propagate(attended, Gradient(middle));
        }
        return input.NeedsGradient ? walk.MoveToOuter(Gradient(input)) : null;
    }

    // What a branch makes while it is computed again counts as activations.
    private WalkValue Record(Func<WalkValue> branch)
    {
        using var category = walk.In(MemoryCategory.Activations);
        return branch();
    }

    private void Propagate(WalkValue branch, WalkBlock g)
    {
        if (branch.NeedsGradient)
            tape.Run(branch, g);
        tape.Release();
    }

    // A leaf's gradient, in which the running scope adds that of what goes past; zeros where nothing came.
    private WalkBlock Gradient(WalkValue leaf)
    {
        var gradient = leaf.Gradient ?? walk.Detach(walk.New(PlanTerms.BackwardWork, blocks.Hidden));
        leaf.Gradient = null;
        walk.Attach(gradient);
        return gradient;
    }
}
