using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>Memory over time.</summary>
internal static class TimelineSection
{
    public static ReportSection? Create(ReportRuns runs)
    {
        if (!runs.All.Any(run => run.Record.Memory is { Timeline.Count: > 0 }))
            return null;
        return new("timeline", "Timeline", [runs.IsOne ? Alone(runs.First) : Together(runs)]);
    }

    private static FigurePart Alone(StoredRun run)
    {
        var memory = run.Record.Memory!;
        var peak = memory.Timeline.MaxBy(sample => sample.Bytes);
        return new("timeline", ReportFigures.Timeline(run),
            ReportNumber.Invariant($"A curve of the bytes alive over {memory.Timeline[^1].Seconds:0.0} seconds, highest with {ByteSize.Format(peak.Bytes)} in {MemoryNames.Of(peak.Stage)}."),
            "Bytes alive, every allocation counted; the colours behind say which stage ran.");
    }

    private static FigurePart Together(ReportRuns runs) => new("timeline", ReportFigures.Timelines(runs),
        "Curves of the bytes alive over time, one for each run. Highest: " + string.Join("; ", runs.Labelled
            .Where(pair => pair.Run.Record.Memory is not null).Select(pair => $"{pair.Label}, {ByteSize.Format(pair.Run.Record.Memory!.PeakBytes)}")) + ".",
        "Bytes alive, every allocation counted, from the moment at which each run began to load.");
}
