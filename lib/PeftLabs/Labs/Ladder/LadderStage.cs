using PeftLabs.Memory;
using PeftLabs.Planning;

namespace PeftLabs.Labs;

/// <summary>The peak of a stage, predicted or measured.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Categories">Bytes at the peak by category.</param>
public sealed record LadderStage(MemoryStage Stage, IReadOnlyDictionary<MemoryCategory, long> Categories)
{
    /// <summary>Bytes at the peak.</summary>
    public long PeakBytes => Categories.Values.Sum();

    internal static IReadOnlyList<LadderStage> Of(IEnumerable<StagePrediction> stages) => [.. stages.Select(s => new LadderStage(s.Stage, s.PeakCategories))];

    internal static IReadOnlyList<LadderStage> Of(MemoryReport memory) => [.. memory.Stages.Select(s => new LadderStage(s.Stage, s.PeakCategories))];
}
