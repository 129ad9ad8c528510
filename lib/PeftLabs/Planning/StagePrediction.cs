using System.Text.Json.Serialization;
using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>The bytes predicted for a stage: alive at its end, and at its peak, term by term. JSON holds the terms alone.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="End">What is alive at its end.</param>
/// <param name="Peak">What is alive at its peak.</param>
public sealed record StagePrediction(MemoryStage Stage, IReadOnlyList<MemoryTerm> End, IReadOnlyList<MemoryTerm> Peak)
{
    /// <summary>Bytes at the end.</summary>
    [JsonIgnore]
    public long EndBytes => Bytes(End);

    /// <summary>Bytes at the peak.</summary>
    [JsonIgnore]
    public long PeakBytes => Bytes(Peak);

    /// <summary>Bytes at the end by category; every category is there.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<MemoryCategory, long> EndCategories => ByCategory(End);

    /// <summary>Bytes at the peak by category; every category is there.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<MemoryCategory, long> PeakCategories => ByCategory(Peak);

    // A prediction just made knows its bytes without having written its formulas.
    private static long Bytes(IReadOnlyList<MemoryTerm> terms) => terms is PlannedTerms planned ? planned.Bytes : terms.Sum(t => t.Bytes);

    private static Dictionary<MemoryCategory, long> ByCategory(IReadOnlyList<MemoryTerm> terms) =>
        Enum.GetValues<MemoryCategory>().ToDictionary(c => c, c => terms.Where(t => t.Category == c).Sum(t => t.Bytes));
}
