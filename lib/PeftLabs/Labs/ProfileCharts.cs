using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>The figures of a profile: where a step's time and the peak's memory went, and what was alive at the peak.</summary>
public static class ProfileCharts
{
    /// <summary>The time of a step by stage, block, operator and part, loading left out; equal blocks are one.</summary>
    /// <exception cref="ArgumentException">The profile has no time outside loading.</exception>
    public static Figure Time(RunProfile profile, string title = "Where a step's time goes")
    {
        var whole = ProfileFlame.OfTime(profile);
        return FlameGraph.Create(title, whole, "seconds a step, all blocks together", ProfileColors.Keys,
            "each bar is a part of the one above it; where nothing stands below a bar, it is its own", ProfileTables.Operators(profile));
    }

    /// <summary>The bytes alive at the peak by the scope that made them and by category; equal blocks are one.</summary>
    /// <exception cref="ArgumentException">Nothing was alive at the peak.</exception>
    public static Figure PeakMemory(MemoryReport memory, string title = "What is alive at the peak")
    {
        var unit = ByteUnits.ForAxis(memory.PeakBytes);
        return FlameGraph.Create(title, ProfileFlame.OfMemory(memory, unit.Bytes), $"memory at the peak ({unit.Words})",
            [.. memory.PeakAllocations.Select(a => a.Category).Distinct().Order().Select(c => (MemoryNames.Of(c), Palette.OfCategory(c.ToString())))],
            $"by the scope that made it; the peak, {ByteUnits.Format(memory.PeakBytes)}, comes in {memory.PeakStage}", ProfileTables.Allocations(memory.PeakAllocations));
    }

    /// <summary>Memory over time, and below it the largest allocations alive at its peak, with the code that made them.</summary>
    /// <param name="memory">What was measured.</param>
    /// <param name="title">What the figure shows.</param>
    /// <param name="largest">How many allocations are shown.</param>
    /// <param name="predictedPeakBytes">A predicted peak, drawn as a line.</param>
    public static Figure PeakTimeline(
        MemoryReport memory, string title = "Memory over time, and what is alive at the peak", int largest = 12, long? predictedPeakBytes = null) =>
        new PeakPanel(memory.PeakAllocations, largest).Below(LabCharts.Timeline(title, memory, predictedPeakBytes));
}
