using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>The bytes predicted for a stage: alive at its end, and at its peak, term by term.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="End">What is alive at its end.</param>
/// <param name="Peak">What is alive at its peak.</param>
public sealed record StagePrediction(MemoryStage Stage, IReadOnlyList<MemoryTerm> End, IReadOnlyList<MemoryTerm> Peak)
{
    /// <summary>Bytes at the end.</summary>
    public long EndBytes => End.Sum(t => t.Bytes);

    /// <summary>Bytes at the peak.</summary>
    public long PeakBytes => Peak.Sum(t => t.Bytes);

    /// <summary>Bytes at the end by category; every category is there.</summary>
    public IReadOnlyDictionary<MemoryCategory, long> EndCategories => ByCategory(End);

    /// <summary>Bytes at the peak by category; every category is there.</summary>
    public IReadOnlyDictionary<MemoryCategory, long> PeakCategories => ByCategory(Peak);

    private static Dictionary<MemoryCategory, long> ByCategory(IReadOnlyList<MemoryTerm> terms) =>
        Enum.GetValues<MemoryCategory>().ToDictionary(c => c, c => terms.Where(t => t.Category == c).Sum(t => t.Bytes));
}
