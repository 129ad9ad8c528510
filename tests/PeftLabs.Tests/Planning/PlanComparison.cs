using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Planning;

namespace PeftLabs.Tests.Planning;

/// <summary>A stage as predicted beside what was measured.</summary>
internal sealed record PlanComparison(StagePrediction Predicted, StageMemory Measured, string Case)
{
    /// <summary>How far the predicted peak is off, as a share of the measured one.</summary>
    public double Off => (double)(Predicted.PeakBytes - Measured.PeakBytes) / Measured.PeakBytes;

    /// <summary>By how many bytes the predicted end is off.</summary>
    public long EndOff => Predicted.EndBytes - Measured.EndBytes;

    /// <summary>How far the category that is most wrong is off, as a share of the peak.</summary>
    public double CategoryOff => (double)Difference(Worst) / Measured.PeakBytes;

    private MemoryCategory Worst => Enum.GetValues<MemoryCategory>().MaxBy(c => Math.Abs(Difference(c)));

    /// <summary>What is off, by how much, and the predicted terms of the category that is most wrong.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Off:+0.000%;-0.000%} {Predicted.Stage}: {Predicted.PeakBytes} predicted, {Measured.PeakBytes} measured; ")
        + (Difference(Worst) == 0 ? "every category is right" : $"{Worst} {Difference(Worst):+0;-0}: " + string.Join("; ", Predicted.Peak
            .Where(t => t.Category == Worst).OrderByDescending(t => t.Bytes).Select(t => $"{t.Name} {t.Bytes} = {t.Formula}")))
        + $" [{Case}]";

    private long Difference(MemoryCategory category) => Predicted.PeakCategories[category] - Measured.PeakCategories[category];
}
