using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>The memory of <see cref="ProjectionFunction"/> and of the products of stored weights, on a CPU.</summary>
internal sealed class ProjectionWalk(MemoryWalk walk, WalkTape tape)
{
    /// <summary>y = x·Wᵀ, and an update's product; or of silu(x)·up.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="input">x, or the gate.</param>
    /// <param name="up">up, where the input is gated.</param>
    /// <param name="kept">How what waits is named.</param>
    /// <param name="outputNeeded">Whether y is computed.</param>
    public WalkValue Apply(PlannedProjection projection, WalkInput input, WalkInput? up, KeptTerms kept, bool outputNeeded = true)
    {
        using var scope = walk.Scope();
        var tokens = input.Tokens;
        var wide = sizeof(float) * tokens * projection.Inputs;
        if (up is not null && (outputNeeded || projection.Rank > 0))
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
            if (up is not null)
                saved.AddRange([input.Keep(kept.Gated), up.Keep(kept.Gated)]);
            else if (projection.NeedsInput)
                saved.Add(input.Keep(kept.Input));
            tape.Push(result, g => Backward(projection, input.Value, up?.Value, saved, g, tokens));
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

    private void Backward(PlannedProjection p, WalkValue input, WalkValue? up, List<WalkBlock> saved, WalkBlock g, PlanSymbol tokens)
    {
        var wide = sizeof(float) * tokens * p.Inputs;
        List<(WalkParameter Parameter, WalkBlock Gradient)> gradients = [];
        WalkBlock? gx, gup;
        using (tape.Enter(g, saved))
        {
            if (p.Ranks is { } rank)
                walk.New(PlanTerms.BackwardWork, sizeof(float) * tokens * rank);
            Gradient(p.B);
            Gradient(p.Bias);
            (gx, gup) = InputGradients(p, input, up, saved, wide);
            ReadInput(p, up, saved, gx is not null, wide);
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
        PlannedProjection p, WalkValue input, WalkValue? up, List<WalkBlock> saved, PlanSize wide)
    {
        if (!input.NeedsGradient && up?.NeedsGradient != true)
            return (null, null);
        var gradient = walk.New(PlanTerms.BackwardWork, wide);
        MultiplyTransposed(p);
        if (p.Rank > 0 && p.Dropout > 0)
            walk.New(PlanTerms.BackwardWork, wide);
        if (up is null)
            return (gradient, null);
        // The gate's gradient is written over the gate, unless this was kept in 16 bits.
        return (saved[^2].Size == wide ? saved[^2] : walk.New(PlanTerms.BackwardWork, wide), gradient);
    }

    // What the gradients of weight and A are products with: silu(gate)·up is made again over up, unless that was kept in 16 bits; of
    // another input that was, there is a copy in 32, but dropout reads it as it is; and what dropout leaves is one more.
    private void ReadInput(PlannedProjection p, WalkValue? up, List<WalkBlock> saved, bool isOverwritten, PlanSize wide)
    {
        if (!p.NeedsInput)
            return;
        var isWide = saved[^1].Size == wide;
        if (up is null ? !isWide && p.Dropout == 0 : !isWide || !isOverwritten)
            walk.New(PlanTerms.BackwardWork, wide);
        if (p.A is not null && p.Dropout > 0)
            walk.New(PlanTerms.BackwardWork, wide);
    }
}
