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
        List<(WalkParameter, WalkBlock)> gradients = [];
        WalkBlock? gx = null, gup = null;
        using (tape.Enter(g, saved))
        {
            if (p.Ranks is { } rank)
                walk.New(PlanTerms.BackwardWork, sizeof(float) * tokens * rank);
            Parameter(p.B);
            Parameter(p.Bias);
            if (input.NeedsGradient || up?.NeedsGradient == true)
            {
                gx = walk.New(PlanTerms.BackwardWork, wide);
                MultiplyTransposed(p);
                if (p.Rank > 0 && p.Dropout > 0)
                    walk.New(PlanTerms.BackwardWork, wide);
                // The gate's gradient is written over the gate, unless this was kept in 16 bits.
                if (up is not null)
                    (gx, gup) = (saved[^2].Size == wide ? saved[^2] : walk.New(PlanTerms.BackwardWork, wide), gx);
            }
            // The product is made again over up, unless that was kept in 16 bits; dropout reads 16 bits, others a copy in 32.
            if (p.NeedsInput && (up is not null ? saved[^1].Size != wide || gx is null : saved[^1].Size != wide && p.Dropout == 0))
                walk.New(PlanTerms.BackwardWork, wide);
            if (p.A is not null && p.Dropout > 0)
                walk.New(PlanTerms.BackwardWork, wide);
            Parameter(p.A);
            Parameter(p.Weight);
            (gx, gup) = (gx is null ? null : tape.Return(gx), gup is null ? null : tape.Return(gup));
            gradients = gradients.ConvertAll(pair => (pair.Item1, tape.Return(pair.Item2)));
        }
        foreach (var (parameter, gradient) in gradients)
            tape.Accumulate(parameter, gradient);
        if (gx is not null)
            tape.Accumulate(input, gx);
        if (gup is not null)
            tape.Accumulate(up!, gup);

        void Parameter(WalkParameter? parameter)
        {
            if (parameter is not null)
                gradients.Add((parameter, walk.New(PlanTerms.Gradients, parameter.Bytes)));
        }
    }
}
