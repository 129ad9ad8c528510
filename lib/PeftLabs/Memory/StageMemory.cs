namespace PeftLabs.Memory;

/// <summary>The memory of one stage. Both dictionaries hold all six categories, and they sum to their total byte for byte.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="EndBytes">Bytes alive when the stage ended in the last completed step (the last time it ended, where no step was
/// completed with it; now, where it has not ended yet).</param>
/// <param name="PeakBytes">The most bytes alive at any moment of the stage, over all steps.</param>
/// <param name="EndCategories">What the bytes at the end were for.</param>
/// <param name="PeakCategories">What the bytes at the moment of the peak were for.</param>
public sealed record StageMemory(
    MemoryStage Stage,
    long EndBytes,
    long PeakBytes,
    IReadOnlyDictionary<MemoryCategory, long> EndCategories,
    IReadOnlyDictionary<MemoryCategory, long> PeakCategories)
{
    /// <summary>What was alive at the stage's peak, largest first: these sum to <see cref="PeakBytes"/>.</summary>
    public IReadOnlyList<PeakAllocation> PeakAllocations { get; init; } = [];
}
