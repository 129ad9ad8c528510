using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>The memory of <see cref="ProjectionFunction"/> and of the products of stored weights, on a CPU.</summary>
internal sealed class ProjectionWalk(MemoryWalk walk, WalkTape tape)
{
    /// <summary>y = x·Wᵀ, and an update's product; or of an activation of x, of x and up, or of both side by side.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="input">x, the gate, or gate and up.</param>
    /// <param name="up">up, where it is a tensor of its own.</param>
    /// <param name="kept">How what waits is named.</param>
    /// <param name="outputNeeded">Whether y is computed.</param>
    /// <param name="isInner">Whether there is an activation.</param>
    public WalkValue Apply(
        PlannedProjection projection, WalkInput input, WalkInput? up, KeptTerms kept, bool outputNeeded = true, bool isInner = false)
    {
        using var scope = walk.Scope();
        var tokens = input.Tokens;
        var wide = sizeof(float) * tokens * projection.Inputs;
        if (isInner && (outputNeeded || projection.Rank > 0))
            walk.New(PlanTerms.Products, wide);
        var y = walk.New(PlanTerms.Products, outputNeeded ? sizeof(float) * tokens * projection.Outputs : sizeof(float));
        if (outputNeeded)
            Multiply(projection, tokens.Value);
        var needs = input.Value.NeedsGradient || up?.Value.NeedsGradient == true || projection.Parameters.Any();
        var result = new WalkValue(y, tape.Records && needs);
        List<WalkBlock> saved = [];
        if (projection.Ranks is { } rank)
        {
            if (projection.Dropout > 0)
                walk.New(PlanTerms.Products, wide);
            var h = walk.New(result.NeedsGradient ? kept.LowRank : PlanTerms.Products, sizeof(float) * tokens * rank);
            if (result.NeedsGradient)
                saved.Add(walk.Hold(h));
        }
        if (result.NeedsGradient)
        {
            if (isInner)
                saved.Add(input.Keep(kept.Gated));
            if (up is not null)
                saved.Add(up.Keep(kept.Gated));
            if (!isInner && projection.NeedsInput)
                saved.Add(input.Keep(kept.Input));
            tape.Push(result, g => Backward(projection, (input.Value, up?.Value, isInner), saved, g, tokens));
        }
        walk.MoveToOuter(y);
        return result;
    }

    /// <summary>The tile through which a stored matrix is read in forward.</summary>
    public void Multiply(PlannedProjection projection, long tokens)
    {
        if (tokens > FewTokens.Most && projection.ForwardTile is { } tile)
            walk.Pass(PlanTerms.Tile, tile);
    }

    /// <summary>The tile through which it is read in backward.</summary>
    public void MultiplyTransposed(PlannedProjection projection)
    {
        if (projection.BackwardTile is { } tile)
            walk.Pass(PlanTerms.Tile, tile);
    }

    private void Backward(
        PlannedProjection p, (WalkValue Input, WalkValue? Up, bool IsInner) of, List<WalkBlock> saved, WalkBlock g, PlanSymbol tokens)
    {
        var (input, up, isInner) = of;
        var wide = sizeof(float) * tokens * p.Inputs;
        List<(WalkParameter Parameter, WalkBlock Gradient)> gradients = [];
        WalkBlock? gx, gup;
        using (tape.Enter(g, saved))
        {
            if (p.Ranks is { } rank)
                walk.New(PlanTerms.BackwardWork, sizeof(float) * tokens * rank);
            Gradient(p.B);
            Gradient(p.Bias);
            (gx, gup) = InputGradients(p, of, saved, wide);
            ReadInput(p, of, saved, gx is not null, wide);
            Gradient(p.A);
            Gradient(p.Weight);
            (gx, gup) = (gx is null ? null : tape.Return(gx), gup is null ? null : tape.Return(gup));
            gradients = gradients.ConvertAll(pair => (pair.Parameter, tape.Return(pair.Gradient)));
        }
        foreach (var (parameter, gradient) in gradients)
            tape.Accumulate(parameter, gradient);
        if (gx is not null)
            tape.Accumulate(input, gx);
        if (gup is not null)
            tape.Accumulate(up!, gup);

        void Gradient(WalkParameter? parameter)
        {
            if (parameter is not null)
                gradients.Add((parameter, walk.New(PlanTerms.Gradients, parameter.Bytes)));
        }
    }

    // Those of x, or of gate and up.
    private (WalkBlock? Input, WalkBlock? Up) InputGradients(
        PlannedProjection p, (WalkValue Input, WalkValue? Up, bool IsInner) of, List<WalkBlock> saved, PlanSize wide)
    {
        if (!of.Input.NeedsGradient && of.Up?.NeedsGradient != true)
            return (null, null);
        var gradient = walk.New(PlanTerms.BackwardWork, wide);
        MultiplyTransposed(p);
        if (p.Rank > 0 && p.Dropout > 0)
            walk.New(PlanTerms.BackwardWork, wide);
        if (!of.IsInner || IsAlone(of, wide))
            return (gradient, null);
        // The gradient of what was kept is written over it, unless it was kept in 16 bits.
        var whole = of.Input.Block.Size;
        if (of.Up is null)
            return (saved[^1].Size == whole ? saved[^1] : walk.New(PlanTerms.BackwardWork, whole), null);
        return (saved[^2].Size == wide ? saved[^2] : walk.New(PlanTerms.BackwardWork, wide), gradient);
    }

    // An activation without a gate.
    private static bool IsAlone((WalkValue Input, WalkValue? Up, bool IsInner) of, PlanSize wide) => of.Up is null && of.Input.Block.Size.Value == wide.Value;

    // What the gradients of weight and A are products with: an activation is made again over what was kept, unless that was kept in 16
    // bits, or in the place of its own gradient where gate and up lie side by side; of another input that was, there is a copy in 32, but
    // dropout reads it as it is; and what dropout leaves is one more.
    private void ReadInput(
        PlannedProjection p, (WalkValue Input, WalkValue? Up, bool IsInner) of, List<WalkBlock> saved, bool isOverwritten, PlanSize wide)
    {
        if (!p.NeedsInput)
            return;
        var isWide = saved[^1].Size.Value >= wide.Value && (of.Up is not null || !of.IsInner || saved[^1].Size == of.Input.Block.Size);
        var isInPlace = of.IsInner && of.Up is null && !IsAlone(of, wide) && isOverwritten;
        if (!of.IsInner ? !isWide && p.Dropout == 0 : !isInPlace && (!isWide || !isOverwritten))
            walk.New(PlanTerms.BackwardWork, wide);
        if (p.A is not null && p.Dropout > 0)
            walk.New(PlanTerms.BackwardWork, wide);
    }
}
