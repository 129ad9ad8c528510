using PeftLabs.Memory;
using PeftLabs.Training;
using PeftLabs.Training.Optimizers;

namespace PeftLabs.Planning;

/// <summary>The memory of an optimizer: its state, and what a step works with.</summary>
internal sealed class OptimizerWalk(TrainingOptions options, MemoryWalk walk)
{
    private readonly PlanSymbol _rank = new("ρ", options.GaLoreRank, "rank of GaLore's subspace");
    private readonly PlanTerm _state = new(NameOf(options.Optimizer), MemoryCategory.OptimizerState, SourceOf(options.Optimizer), isExplicit: true);

    /// <summary>The state that is in memory: of parameters that there are so often, or, paged, of as many as the budget has room for.</summary>
    public void MakeState(PlannedModel model)
    {
        var budget = StateLayout.Budget(options);
        if (budget == long.MaxValue)
            foreach (var (parameter, count) in model.ParameterCounts)
                foreach (var spec in StateLayout.Of(options, parameter.Shape))
                    walk.Stay(_state, Size(spec, parameter), count);
        else if (budget > 0)
            MakePaged([.. model.Parameters.SelectMany(p => StateLayout.Of(options, p.Shape).Select(s => (s, p)))], budget);
    }

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
    /// <param name="parameters">Parameters, one of each that are alike at least.</param>
    /// <param name="count">How many there are.</param>
    public void Step(IEnumerable<WalkParameter> parameters, long count)
    {
        walk.Pass(PlanTerms.OptimizerWork, 8 * new PlanSymbol("p", count, "trained tensors"));
        foreach (var parameter in parameters)
            Move(parameter);
        foreach (var parameter in parameters)
            parameter.Gradient = null;
        walk.Clear(PlanTerms.Gradients);
    }

    private static string NameOf(OptimizerKind kind) => kind == OptimizerKind.AdamW ? "AdamW's two moments" : $"state of {OptimizerNames.Name(kind)}";

    private static string SourceOf(OptimizerKind kind) => kind switch
    {
        OptimizerKind.AdamW or OptimizerKind.PagedAdamW => "AdamW, arXiv 1711.05101",
        OptimizerKind.AdamW8Bit or OptimizerKind.PagedAdamW8Bit => "AdamW8Bit, arXiv 2110.02861",
        OptimizerKind.Adafactor => "Adafactor, arXiv 1804.04235",
        OptimizerKind.Lion => "Lion, arXiv 2302.06675",
        OptimizerKind.GaLore => "GaLore, arXiv 2403.03507",
        _ => "MomentumDescent",
    };

    private void MakePaged(List<(StateSpec Spec, WalkParameter Parameter)> state, long budget)
    {
        foreach (var ((spec, parameter), isResident) in state.Zip(StateStore.Placement([.. state.Select(s => s.Spec)], budget)))
            if (isResident)
                walk.Stay(_state, Size(spec, parameter));
    }

    // A tensor of state has the dimensions of its parameter, some of them, or the subspace's rank; or a number for each of its blocks.
    private PlanSize Size(StateSpec spec, WalkParameter parameter)
    {
        if (spec.Block > 1)
            return spec.ElementBytes * parameter.Numbers.Over(spec.Block);
        var free = parameter.Symbols.Append(_rank).ToList();
        PlanSize size = spec.ElementBytes;
        foreach (var length in spec.Shape)
        {
            var symbol = free.First(s => s.Value == length);
            free.Remove(symbol);
            size *= symbol;
        }
        return size;
    }

    private void Move(WalkParameter parameter)
    {
        if (parameter.Symbols is not [var rows, var columns])
            return;
        using var scope = walk.Scope();
        if (options.Optimizer == OptimizerKind.Adafactor)
        {
            var parts = Math.Min(Math.Clamp(Optimizer.ChunkValues / columns.Value, 1, 64), rows.Value);
            walk.New(PlanTerms.OptimizerWork, 4 * new PlanSymbol("e", parts, "parts of the rows") * columns);
            walk.New(PlanTerms.OptimizerWork, 4 * columns);
        }
        if (options.Optimizer == OptimizerKind.GaLore && Math.Min(rows.Value, columns.Value) > options.GaLoreRank)
            FindSubspace(rows.Value >= columns.Value ? rows : columns, rows.Value >= columns.Value ? columns : rows);
    }

    // Looking for the subspace, when it has been found and the last product is made: rows of the gradient scaled and their product with the
    // basis; of the basis' size the start, four sums and four bases, and the last sum and what is added to it; four triangular factors.
    private void FindSubspace(PlanSymbol rows, PlanSymbol columns)
    {
        var chunk = new PlanSymbol("c", Math.Min(rows.Value, Math.Max(1, Optimizer.ChunkValues / columns.Value)), "rows of a chunk");
        var width = new PlanSymbol("e", Math.Min(options.GaLoreRank + 8, columns.Value), "columns of the subspace's basis");
        walk.New(PlanTerms.OptimizerWork, 4 * chunk * columns);
        walk.New(PlanTerms.OptimizerWork, 4 * chunk * width);
        walk.New(PlanTerms.OptimizerWork, 11 * 4 * columns * width);
        walk.New(PlanTerms.OptimizerWork, 4 * 4 * width * width);
        // The scale, and what it is made of.
        walk.New(PlanTerms.OptimizerWork, 5 * 4);
    }
}
