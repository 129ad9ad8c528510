using PeftLabs.Memory;
using PeftLabs.Training;
using PeftLabs.Training.Optimizers;

namespace PeftLabs.Planning;

/// <summary>The memory of an optimizer: its state, and what a step works with.</summary>
internal sealed class OptimizerWalk(TrainingOptions options, MemoryWalk walk)
{
    /// <summary>The state that is in memory.</summary>
    public void MakeState(IReadOnlyList<WalkParameter> parameters) =>
        walk.New(new(Name, Formula, MemoryCategory.OptimizerState), OptimizerState.ResidentBytes(options, parameters.Select(p => p.Shape)));

    /// <summary>Moves parameters that have a gradient, and frees it.</summary>
    public void Take(IEnumerable<WalkParameter> parameters)
    {
        foreach (var parameter in parameters.Where(p => p.Gradient is not null))
        {
            Move(parameter);
            walk.Release(parameter.Gradient!);
            parameter.Gradient = null;
        }
    }

    /// <summary>Scales gradients by their norm, moves all parameters, and frees all gradients.</summary>
    public void Step(IReadOnlyList<WalkParameter> parameters)
    {
        walk.Pass(PlanTerms.OptimizerWork, 2 * sizeof(float) * parameters.Count);
        foreach (var parameter in parameters)
            Move(parameter);
        foreach (var parameter in parameters)
        {
            if (parameter.Gradient is { } gradient)
                walk.Release(gradient);
            parameter.Gradient = null;
        }
    }

    private string Name => options.Optimizer switch
    {
        OptimizerKind.AdamW => "AdamW's two moments",
        var kind => $"state of {OptimizerNames.Name(kind)}",
    };

    private string Formula => options.Optimizer switch
    {
        OptimizerKind.AdamW => "8·numbers trained",
        OptimizerKind.AdamW8Bit => "(2 + 8/256)·numbers trained, 8 where a tensor has fewer than 4096",
        OptimizerKind.Adafactor => "4·Σ(rows + columns)",
        OptimizerKind.GaLore => "4·Σ r·(2·longer side + shorter side)",
        OptimizerKind.Sgd or OptimizerKind.Lion => "4·numbers trained",
        _ => "what the budget has room for",
    };

    private void Move(WalkParameter parameter)
    {
        if (options.Optimizer == OptimizerKind.Adafactor && parameter.Shape is [var rows, var columns])
            walk.Pass(PlanTerms.OptimizerWork,
                sizeof(float) * columns * (1 + Math.Min(Math.Clamp(Optimizer.ChunkValues / columns, 1, 64), rows)));
        if (options.Optimizer == OptimizerKind.GaLore && parameter.Shape is [var a, var b] && Math.Min(a, b) > options.GaLoreRank)
            walk.Pass(PlanTerms.OptimizerWork, GradientSubspaceBytes(Math.Max(a, b), Math.Min(a, b)));
    }

    // Looking for the subspace: rows of the gradient scaled, their product with the basis, and of the basis' size the basis, its start,
    // the sum, what is added to it, and what its orthogonalization makes.
    private long GradientSubspaceBytes(long rows, long columns)
    {
        var (chunk, width) = (Math.Min(rows, Math.Max(1, Optimizer.ChunkValues / columns)), Math.Min(options.GaLoreRank + 8, columns));
        return sizeof(float) * (chunk * (columns + width) + 6 * columns * width);
    }
}
