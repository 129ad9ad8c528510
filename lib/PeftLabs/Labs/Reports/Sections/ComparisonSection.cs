using PeftLabs.Memory;
using PeftLabs.Plotting;

namespace PeftLabs.Labs.Reports;

/// <summary>Memory and time of several runs beside one another, each against the first.</summary>
internal static class ComparisonSection
{
    public static ReportSection? Ladder(ReportRuns runs)
    {
        if (!runs.All.Any(run => run.Measured.Count > 0 || run.Predicted.Count > 0))
            return null;
        var peaks = string.Join("; ", runs.Labelled.Where(pair => pair.Run.PeakBytes is not null).Select(pair => $"{pair.Label}, {ByteSize.Format(pair.Run.PeakBytes!.Value)}"));
        return new("ladder", "Peak memory",
        [
            new FigurePart("ladder", ReportFigures.Ladder(runs), $"Bars of each run's peak memory by category. Measured: {peaks}.",
                "The highest moment of each whole run, by what the bytes are for."),
            Peaks(runs),
        ]);
    }

    public static ReportSection? Stages(ReportRuns runs)
    {
        if (runs.All.Count(run => run.Measured.Count > 0) == 0)
            return null;
        List<ReportPart> parts =
        [
            new FigurePart("stages", ReportFigures.StagesSideBySide(runs), "Bars of the measured peak of every stage by category: a row for each run, a column for each stage.",
                "The highest moment of each stage, by what the bytes are for. All bars have one scale."),
        ];
        var tables = runs.Labelled.Skip(1).Where(pair => pair.Run.Measured.Count > 0 && runs.First.Measured.Count > 0)
            .Select(pair => Differences((runs.First, runs.Labels[0]), pair)).ToList();
        if (tables.Count > 1)
            parts.Add(HtmlText.Folded($"Each against {runs.Labels[0]}, stage by stage", string.Concat(tables)));
        else
            parts.AddRange(tables.Select(table => (ReportPart)table));
        return new("stages", "Stages side by side", parts);
    }

    public static ReportSection? Time(ReportRuns runs)
    {
        var timed = runs.Labelled.Where(pair => pair.Run.SecondsPerStep is not null).ToList();
        if (timed.Count == 0)
            return null;
        var first = timed[0].Run.SecondsPerStep!.Value;
        var table = new HtmlTable("Seconds of a step: the median, the first step left out", "run", "s/step", $"against {timed[0].Label}", "percent", "predicted", "predicted off");
        foreach (var (run, label) in timed)
            table.Add(label, ReportNumber.Invariant($"{run.SecondsPerStep:0.000}"), ReportNumber.Invariant($"{run.SecondsPerStep - first:+0.000;−0.000;0}"),
                ReportNumber.Percent(run.SecondsPerStep!.Value, first), ReportNumber.Invariant($"{run.Record.PredictedSecondsPerStep:0.000}"),
                run.Record.PredictedSecondsPerStep is { } expected ? ReportNumber.Percent(expected, run.SecondsPerStep.Value) : "");
        return new("time", "Time", timed.Count(pair => pair.Run.PeakBytes is not null) < 2 ? [table] :
        [
            table,
            new FigurePart("memory-time", ReportFigures.MemoryAgainstTime(runs), "Points: peak memory of each run against its seconds a step.",
                "What each run takes of both: the lower and the further left, the better."),
        ]);
    }

    private static HtmlTable Peaks(ReportRuns runs)
    {
        var first = runs.All.FirstOrDefault(run => run.PeakBytes is not null)?.PeakBytes ?? 0;
        var table = new HtmlTable("Peak of each run", "run", "peak bytes", "peak", $"against {runs.Labels[0]}", "percent", "predicted off");
        foreach (var (run, label) in runs.Labelled.Where(pair => pair.Run.PeakBytes is not null))
            table.Add(label, ReportNumber.Bytes(run.PeakBytes!.Value), (HtmlCell)ByteSize.Format(run.PeakBytes.Value) with { IsStrong = true },
                ReportNumber.Change(run.PeakBytes.Value - first), ReportNumber.Percent(run.PeakBytes.Value, first),
                run.PredictedOff is { } off ? ReportNumber.Percent(100 + off, 100) : "");
        return table;
    }

    private static HtmlTable Differences((StoredRun Run, string Label) first, (StoredRun Run, string Label) second)
    {
        var table = new HtmlTable($"Peak bytes: {second.Label} against {first.Label}", "category", first.Label, second.Label, "difference", "percent");
        foreach (var (one, two) in first.Run.Measured.SelectMany(one => second.Run.Measured.Where(two => two.Stage == one.Stage).Select(two => (one, two))))
        {
            table.AddGroup(MemoryNames.Of(one.Stage));
            foreach (var category in Enum.GetValues<MemoryCategory>())
                if ((one.PeakCategories.GetValueOrDefault(category), two.PeakCategories.GetValueOrDefault(category)) is var (a, b) && (a != 0 || b != 0))
                    table.Add(Line(MemoryNames.Of(category), a, b, isStrong: false));
            table.Add(Line("peak", one.PeakBytes, two.PeakBytes, isStrong: true));
        }
        return table;
    }

    private static HtmlCell[] Line(string name, long first, long second, bool isStrong) =>
        [.. new HtmlCell[] { name, ReportNumber.Bytes(first), ReportNumber.Bytes(second), ReportNumber.Change(second - first), ReportNumber.Percent(second, first) }
            .Select(cell => cell with { IsStrong = isStrong })];
}
