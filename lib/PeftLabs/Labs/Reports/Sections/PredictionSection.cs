using PeftLabs.Memory;
using PeftLabs.Planning;

namespace PeftLabs.Labs.Reports;

/// <summary>Predicted against measured: how far each stage's peak is off, which category makes the difference, and the terms behind it.</summary>
internal static class PredictionSection
{
    public static ReportSection? Create(StoredRun run)
    {
        var compared = StageComparison.Of(run);
        List<ReportPart> parts = [];
        if (compared.Count > 0)
            parts.AddRange([Stages(compared), HtmlText.Folded("By category", Categories(compared).ToString())]);
        foreach (var stage in run.Predicted)
            parts.Add(HtmlText.Folded($"The {stage.Peak.Count} terms of the peak of {ReportRuns.Name(stage.Stage)}", Terms(stage).ToString()));
        if (run.Record.PredictedSecondsPerStep is { } expected)
            parts.Add(HtmlText.Paragraph($"A step was predicted to take {ReportNumber.Seconds(expected)}"
                + (run.SecondsPerStep is { } seconds ? $"; it took {ReportNumber.Seconds(seconds)} ({ReportNumber.Percent(expected, seconds)})." : ".")));
        return parts.Count == 0 ? null : new("prediction", "Predicted against measured", parts);
    }

    private static HtmlTable Stages(IReadOnlyList<StageComparison> compared)
    {
        var table = new HtmlTable("Peak bytes of each stage", "stage", "predicted", "measured", "off by", "percent", "furthest category") { MoreWords = [5] };
        foreach (var stage in compared)
            table.Add(ReportRuns.Name(stage.Stage), ReportNumber.Bytes(stage.Predicted.PeakBytes), ReportNumber.Bytes(stage.Measured.PeakBytes),
                ReportNumber.Change(stage.Difference), (HtmlCell)ReportNumber.Percent(stage.Predicted.PeakBytes, stage.Measured.PeakBytes) with { IsStrong = true },
                Furthest(stage));
        return table;
    }

    private static string Furthest(StageComparison stage) => stage.DifferenceOf(stage.Furthest) is 0 ? "" :
        $"{ReportRuns.Name(stage.Furthest)} {ReportNumber.Change(stage.DifferenceOf(stage.Furthest))}"
        + (stage.Predicted.Peak.Where(term => term.Category == stage.Furthest).MaxBy(term => term.Bytes) is { } term ? $"; its largest term: {term.Name}" : "");

    private static HtmlTable Categories(IReadOnlyList<StageComparison> compared)
    {
        var table = new HtmlTable("Peak bytes of each stage by category", "category", "predicted", "measured", "off by", "of the stage's peak");
        foreach (var stage in compared)
        {
            table.AddGroup(ReportRuns.Name(stage.Stage));
            foreach (var category in Enum.GetValues<MemoryCategory>())
            {
                var (predicted, measured) = (stage.Predicted.PeakCategories[category], stage.Measured.PeakCategories.GetValueOrDefault(category));
                if (predicted != 0 || measured != 0)
                    table.Add(ReportRuns.Name(category), ReportNumber.Bytes(predicted), ReportNumber.Bytes(measured), ReportNumber.Change(predicted - measured),
                        ReportNumber.Percent(stage.Measured.PeakBytes + predicted - measured, stage.Measured.PeakBytes));
            }
        }
        return table;
    }

    private static HtmlTable Terms(StagePrediction stage)
    {
        var table = new HtmlTable($"Terms of the predicted peak of {ReportRuns.Name(stage.Stage)}", "term", "category", "formula", "bytes") { Words = 3 };
        foreach (var term in stage.Peak.OrderByDescending(term => term.Bytes))
            table.Add(term.Name, ReportRuns.Name(term.Category), HtmlCell.Code(term.Formula), ReportNumber.Bytes(term.Bytes));
        return table;
    }
}
