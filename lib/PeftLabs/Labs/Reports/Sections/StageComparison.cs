using PeftLabs.Memory;
using PeftLabs.Planning;

namespace PeftLabs.Labs.Reports;

/// <summary>A stage's peak as predicted and as measured.</summary>
/// <param name="Predicted">The prediction.</param>
/// <param name="Measured">The measurement.</param>
internal sealed record StageComparison(StagePrediction Predicted, StageMemory Measured)
{
    public MemoryStage Stage => Measured.Stage;

    /// <summary>Bytes by which the prediction is above the measurement.</summary>
    public long Difference => Predicted.PeakBytes - Measured.PeakBytes;

    /// <summary>The same as a share of the measurement.</summary>
    public double Share => Measured.PeakBytes == 0 ? Difference == 0 ? 0 : double.PositiveInfinity : (double)Difference / Measured.PeakBytes;

    /// <summary>The category that is furthest off.</summary>
    public MemoryCategory Furthest => Enum.GetValues<MemoryCategory>().MaxBy(category => Math.Abs(DifferenceOf(category)));

    /// <summary>Bytes by which a category is predicted above its measurement.</summary>
    public long DifferenceOf(MemoryCategory category) => Predicted.PeakCategories[category] - Measured.PeakCategories.GetValueOrDefault(category);

    /// <summary>The stages of a run that were both predicted and measured, in their order.</summary>
    public static IReadOnlyList<StageComparison> Of(StoredRun run) =>
        [.. run.Measured.SelectMany(measured => run.Predicted.Where(p => p.Stage == measured.Stage).Take(1).Select(p => new StageComparison(p, measured)))];
}
