using PeftLabs.Memory;
using PeftLabs.Planning;

namespace PeftLabs.Labs.Reports;

/// <summary>Predicted against measured: how far each stage's peak is off, which category makes the difference, and the terms behind it.</summary>
internal static class PredictionSection
{
    public static ReportSection? Create(StoredRun run)
    {
        var compared = run.Compared;
        List<ReportPart> parts = [];
        if (compared.Count > 0)
            parts.AddRange([Stages(compared), HtmlText.Folded("By category", Categories(compared).ToString())]);
        foreach (var stage in run.Predicted)
            parts.Add(HtmlText.Folded($"The {stage.Peak.Count} terms of the peak of {MemoryNames.Of(stage.Stage)}", Terms(stage).ToString()));
        if (run.Record.PredictedSecondsPerStep is { } expected)
            parts.Add(HtmlText.Paragraph($"A step was predicted to take {ReportNumber.Seconds(expected)}"
                + (run.SecondsPerStep is { } seconds ? $"; it took {ReportNumber.Seconds(seconds)} ({ReportNumber.Percent(expected, seconds)})." : ".")));
        return parts.Count == 0 ? null : new("prediction", "Predicted against measured", parts);
    }

    private static HtmlTable Stages(IReadOnlyList<StageComparison> compared)
    {
        var table = new HtmlTable("Peak bytes of each stage", "stage", "predicted", "measured", "off by", "percent", "furthest category") { MoreWords = [5] };
        foreach (var stage in compared)
            table.Add(MemoryNames.Of(stage.Predicted.Stage), ReportNumber.Bytes(stage.Predicted.PeakBytes), ReportNumber.Bytes(stage.Measured.PeakBytes),
                ReportNumber.Change(stage.PeakDifference), (HtmlCell)ReportNumber.Percent(stage.Predicted.PeakBytes, stage.Measured.PeakBytes) with { IsStrong = true },
                Furthest(stage));
        return table;
    }

    private static string Furthest(StageComparison stage) => stage.Difference(stage.WorstCategory) is 0 ? "" :
        $"{MemoryNames.Of(stage.WorstCategory)} {ReportNumber.Change(stage.Difference(stage.WorstCategory))}"
        + (stage.Suspects.Count > 0 ? $"; its largest term: {stage.Suspects[0].Name}" : "");

    private static HtmlTable Categories(IReadOnlyList<StageComparison> compared)
    {
        var table = new HtmlTable("Peak bytes of each stage by category", "category", "predicted", "measured", "off by", "of the stage's peak");
        foreach (var stage in compared)
        {
            table.AddGroup(MemoryNames.Of(stage.Predicted.Stage));
            foreach (var category in Enum.GetValues<MemoryCategory>())
            {
                var (predicted, measured) = (stage.Predicted.PeakCategories[category], stage.Measured.PeakCategories.GetValueOrDefault(category));
                if (predicted != 0 || measured != 0)
                    table.Add(MemoryNames.Of(category), ReportNumber.Bytes(predicted), ReportNumber.Bytes(measured), ReportNumber.Change(predicted - measured),
                        ReportNumber.Percent(stage.Measured.PeakBytes + predicted - measured, stage.Measured.PeakBytes));
            }
        }
        return table;
    }

    private static HtmlTable Terms(StagePrediction stage)
    {
        var table = new HtmlTable($"Terms of the predicted peak of {MemoryNames.Of(stage.Stage)}", "term", "category", "formula", "with", "held by", "bytes") { Words = 5 };
        foreach (var row in stage.Peak.ToRows())
            table.Add(row.What, MemoryNames.Of(row.Category), HtmlCell.Code(row.Formula), row.Factors, row.Source, ReportNumber.Bytes(row.Bytes));
        return table;
    }
}
