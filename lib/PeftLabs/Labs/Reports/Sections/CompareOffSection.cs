using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>How far each stage of each run was predicted off.</summary>
internal static class CompareOffSection
{
    public static ReportSection? Create(ReportRuns runs)
    {
        var stages = Enum.GetValues<MemoryStage>();
        var table = new HtmlTable("Percent by which the predicted peak is above the measured one", ["run", .. stages.Select(ReportRuns.Name), "furthest category"])
        {
            MoreWords = [1 + stages.Length],
        };
        foreach (var (run, label) in runs.Labelled)
        {
            var compared = StageComparison.Of(run);
            if (compared.Count == 0)
                continue;
            var furthest = compared.MaxBy(stage => Math.Abs(stage.Share))!;
            table.Add([label, .. stages.Select(stage => compared.FirstOrDefault(c => c.Stage == stage) is { } c
                ? (HtmlCell)ReportNumber.Percent(c.Predicted.PeakBytes, c.Measured.PeakBytes) with { IsStrong = c == furthest && c.Difference != 0 }
                : ""), furthest.Difference == 0 ? "" : $"{ReportRuns.Name(furthest.Furthest)} {ReportNumber.Change(furthest.DifferenceOf(furthest.Furthest))}"]);
        }
        return table.IsEmpty ? null : new("prediction", "Predicted against measured", [table]);
    }
}
