using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>The runs of a comparison, a line each.</summary>
internal static class RunsSection
{
    public static ReportSection Create(ReportRuns runs)
    {
        var table = new HtmlTable("The runs that are compared",
            "run", "id", "model", "method", "steps", "last loss", "peak", "predicted off", "s/step")
        { Words = 4 };
        foreach (var (run, label) in runs.Labelled)
            table.Add(label, HtmlCell.Code(run.Id) with { IsWhole = true }, HtmlCell.Whole(run.Model), run.Method,
                $"{run.Steps.Count}", run.LastLoss is { } loss ? ReportNumber.Loss(loss) : "", run.PeakBytes is { } peak ? ByteSize.Format(peak) : "",
                run.PredictedOff is { } off ? ReportNumber.Percent(100 + off, 100) : "", run.SecondsPerStep is { } seconds ? ReportNumber.Invariant($"{seconds:0.000}") : "");
        return new("runs", "The runs", [table, .. ReportWarnings.Of(runs)]);
    }
}
