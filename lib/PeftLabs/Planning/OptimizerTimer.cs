using PeftLabs.Memory;
using PeftLabs.Training;

namespace PeftLabs.Planning;

/// <summary>The seconds of the optimizer's step.</summary>
internal sealed class OptimizerTimer(TrainingOptions options, StepTimes times)
{
    /// <summary>Counts the step of some parameters, those that are alike together.</summary>
    public void Count(IReadOnlyList<(WalkParameter Parameter, long Count)> parameters)
    {
        double numbers = parameters.Sum(p => p.Count * p.Parameter.Values);
        // The norm reads each gradient, and clipping reads and writes it.
        if (!options.FusedStep)
            times.Traffic(MemoryStage.OptimizerStep, "gradients' norm", "12·numbers trained", 12 * numbers);
        times.Traffic(MemoryStage.OptimizerStep, "optimizer", $"{BytesPerNumber - PagedBytesPerNumber}·numbers trained",
            (BytesPerNumber - PagedBytesPerNumber) * numbers);
        times.FileTraffic(MemoryStage.OptimizerStep, "paged state", $"{PagedBytesPerNumber}·numbers trained", PagedBytesPerNumber * numbers);
        times.Calls(MemoryStage.OptimizerStep, parameters.Sum(p => p.Count));
        // Each batch's gradients are made, and the first one's copied to where they are kept.
        times.FreshBytes(MemoryStage.Backward, (options.Accumulate + 1) * sizeof(float) * numbers);
        if (options.Optimizer == OptimizerKind.GaLore)
            foreach (var (parameter, count) in parameters)
                if (parameter.Shape is [var rows, var columns] && Math.Min(rows, columns) > options.GaLoreRank)
                    times.Product(MemoryStage.OptimizerStep, "projection to a subspace", "4·r·rows·columns", rows, options.GaLoreRank, columns, 2 * count);
    }

    // What is read and written for each number: it, its gradient, and its state.
    private int BytesPerNumber => options.Optimizer switch
    {
        OptimizerKind.AdamW or OptimizerKind.PagedAdamW => 28,
        OptimizerKind.AdamW8Bit or OptimizerKind.PagedAdamW8Bit => 16,
        OptimizerKind.Adafactor => 24,
        OptimizerKind.GaLore => 16,
        _ => 20,
    };

    // Of those the state's that lie in a file, which a budget that holds them all would not leave there.
    private int PagedBytesPerNumber => options.Optimizer switch
    {
        OptimizerKind.PagedAdamW => 16,
        OptimizerKind.PagedAdamW8Bit => 4,
        _ => 0,
    };
}
