using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>The runs of a comparison, a line each.</summary>
internal static class RunsSection
{
    public static ReportSection Create(ReportRuns runs)
    {
        var hasModels = runs.All.Any(run => run.Model is not null);
        var table = new HtmlTable("The runs that are compared",
            "run", "id", "began", "model", "method", "steps", "last loss", "peak", "predicted off", "s/step") { Words = 5 };
        foreach (var (run, label) in runs.Labelled)
            table.Add(label, HtmlCell.Code(run.Id), ReportNumber.Time(run.Record.Started), run.Model, run.Method,
                $"{run.Steps.Count}", run.LastLoss is { } loss ? ReportNumber.Loss(loss) : "", run.PeakBytes is { } peak ? ByteSize.Format(peak) : "",
                run.PredictedOff is { } off ? ReportNumber.Percent(100 + off, 100) : "", run.SecondsPerStep is { } seconds ? ReportNumber.Invariant($"{seconds:0.000}") : "");
        return new("runs", "The runs", [table, .. runs.Labelled.SelectMany(pair => GlanceSection.Warnings(pair.Run, pair.Label))]);
    }
}
