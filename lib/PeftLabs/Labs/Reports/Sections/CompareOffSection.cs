using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>How far each stage of each run was predicted off.</summary>
internal static class CompareOffSection
{
    public static ReportSection? Create(ReportRuns runs)
    {
        var stages = Enum.GetValues<MemoryStage>();
        var table = new HtmlTable("Percent by which the predicted peak is above the measured one", ["run", .. stages.Select(MemoryNames.Of), "furthest category"])
        {
            MoreWords = [1 + stages.Length],
        };
        foreach (var (run, label) in runs.Labelled)
        {
            var compared = run.Compared;
            if (compared.Count == 0)
                continue;
            var furthest = compared.MaxBy(stage => Math.Abs(stage.Off))!;
            table.Add([label, .. stages.Select(stage => compared.FirstOrDefault(c => c.Predicted.Stage == stage) is { } c
                ? (HtmlCell)ReportNumber.Percent(c.Predicted.PeakBytes, c.Measured.PeakBytes) with { IsStrong = c == furthest && c.PeakDifference != 0 }
                : ""), furthest.PeakDifference == 0 ? "" : $"{MemoryNames.Of(furthest.WorstCategory)} {ReportNumber.Change(furthest.Difference(furthest.WorstCategory))}"]);
        }
        return table.IsEmpty ? null : new("prediction", "Predicted against measured", [table]);
    }
}
