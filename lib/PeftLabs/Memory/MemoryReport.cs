namespace PeftLabs.Memory;

/// <summary>What a <see cref="MemoryMeter"/> measured; written to JSON and read back by System.Text.Json as it is.</summary>
/// <param name="Stages">The stages that were entered, in the order of <see cref="MemoryStage"/>.</param>
/// <param name="PeakBytes">The most bytes alive at any moment since the meter started, between two stages included.</param>
/// <param name="PeakStage">The stage in which, or after which, that moment came.</param>
/// <param name="LoadedBytes">Bytes alive when <see cref="MemoryStage.Load"/> last ended.</param>
/// <param name="ResidentBytes">Resident bytes of the whole process at the time of the report.</param>
/// <param name="PeakResidentBytes">The most resident bytes of the process; see <see cref="MemoryMeterOptions.ResetResidentPeak"/>.</param>
/// <param name="Timeline">Bytes alive over time, at most <see cref="MemoryMeterOptions.TimelineSamples"/> points.</param>
public sealed record MemoryReport(
    IReadOnlyList<StageMemory> Stages,
    long PeakBytes,
    MemoryStage PeakStage,
    long LoadedBytes,
    long ResidentBytes,
    long PeakResidentBytes,
    IReadOnlyList<MemorySample> Timeline)
{
    /// <summary>Frees that happened where the meter could not see them and that came to light when the address was given out again;
    /// until then the freed bytes were counted as alive. Zero in a run whose every thread is metered.</summary>
    public long UnseenFrees { get; init; }

    /// <summary>What was alive at the peak, largest first: these sum to <see cref="PeakBytes"/>.</summary>
    public IReadOnlyList<PeakAllocation> PeakAllocations { get; init; } = [];

    /// <summary>The memory of one stage, or null where it was never entered.</summary>
    public StageMemory? Find(MemoryStage stage) => Stages.FirstOrDefault(s => s.Stage == stage);
}
