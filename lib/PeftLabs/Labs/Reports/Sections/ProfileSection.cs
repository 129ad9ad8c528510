using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;

namespace PeftLabs.Labs.Reports;

/// <summary>Where the time of a step went, by stage and operator.</summary>
internal static class ProfileSection
{
    // Of a stage's time or of its peak; what is below both is summed up.
    private const double Smallest = 0.01;

    public static ReportSection? Create(StoredRun run)
    {
        if (run.Record.Profile is not { Steps: > 0 } profile || !profile.Stages.Any(stage => stage.Stage != MemoryStage.Load && stage.Seconds > 0))
            return null;
        var seconds = profile.Stages.Where(stage => stage.Stage != MemoryStage.Load).Sum(stage => stage.Seconds);
        var largest = profile.Operators.Where(o => o.Stage is > MemoryStage.Load).MaxBy(o => o.Seconds);
        return new("profile", "Where the time goes",
        [
            new FigurePart("profile", ProfileCharts.Time(profile) with { Runs = [run.Id] },
                "A flame graph of a step's time by stage, block, operator and part." + (largest is null ? "" : ReportNumber.Invariant(
                    $" The largest operator is {largest.Operator} in {StageCost.Name(largest.Stage)}, {100 * largest.Seconds / seconds:0.0} % of the step.")),
                "Each bar is part of the one above it; equal blocks are one. Dragging over a part zooms in."),
            Table(profile, seconds),
            HtmlText.Paragraph(ReportNumber.Invariant($"{100 * profile.AttributedShare:0.0} % of the steps' time is an operator's. Profiling itself took {100 * profile.CostShare:0.00} % of the time.")),
        ]);
    }

    private static HtmlTable Table(RunProfile profile, double seconds)
    {
        var table = new HtmlTable("Time and memory of a step by stage and operator", "operator", "calls a step", "ms a step", "share", "allocated a step", "at the stage's peak");
        foreach (var stage in profile.Stages.Where(stage => stage.Stage != MemoryStage.Load))
        {
            var own = profile.Operators.Where(o => o.Stage == stage.Stage).ToList();
            var shown = own.Where(o => o.Seconds >= Smallest * stage.Seconds || o.PeakBytes >= Smallest * Math.Max(1, stage.PeakBytes)).ToList();
            table.AddGroup(stage.Stage is { } named ? MemoryNames.Of(named) : StageCost.Name(null));
            foreach (var cost in shown.OrderByDescending(o => o.Seconds))
                table.Add(Line(cost.Operator, [cost], profile.Steps, seconds));
            if (own.Except(shown).ToList() is { Count: > 0 } rest)
                table.Add(Line(ReportNumber.Count(rest.Count, "smaller one"), rest, profile.Steps, seconds));
            table.Add([.. Line("all", own, profile.Steps, seconds)[..^1].Select(cell => cell with { IsStrong = true }),
                (HtmlCell)(stage.PeakBytes > 0 ? ByteSize.Format(stage.PeakBytes) : "") with { IsStrong = true }]);
        }
        return table;
    }

    private static HtmlCell[] Line(string name, IReadOnlyList<OperatorCost> costs, long steps, double seconds) =>
    [
        name, ReportNumber.Invariant($"{costs.Sum(o => o.Calls) / (double)steps:0.#}"), ReportNumber.Invariant($"{1000 * costs.Sum(o => o.Seconds) / steps:N1}"),
        ReportNumber.Invariant($"{100 * costs.Sum(o => o.Seconds) / seconds:0.0} %"), Bytes(costs.Sum(o => o.AllocatedBytes) / steps), Bytes(costs.Sum(o => o.PeakBytes)),
    ];

    private static string Bytes(long bytes) => bytes == 0 ? "" : ByteSize.Format(bytes);
}
