using PeftLabs.Memory;
using PeftLabs.Plotting;

namespace PeftLabs.Labs.Reports;

/// <summary>Memory of one run by stage and category.</summary>
internal static class StagesSection
{
    public static ReportSection? Create(StoredRun run)
    {
        if (run.Measured.Count == 0 && run.Predicted.Count == 0)
            return null;
        List<ReportPart> parts =
        [
            new FigurePart("stages", ReportFigures.Stages(run), Alternative(run),
                "What is alive at the highest moment of each stage, by what it is for; the categories sum to the total, byte for byte."),
        ];
        if (run.Measured.Count > 0)
            parts.Add(Table(run));
        if (run.Record.Memory is { } memory)
            parts.Add(HtmlText.Paragraph($"Loading ends with {ByteSize.Format(memory.LoadedBytes)} alive. The process, with all that libtorch does not allocate, "
                + $"was resident with {ByteSize.Format(memory.PeakResidentBytes)} at most."));
        return new("stages", "Memory by stage", parts);
    }

    private static string Alternative(StoredRun run) => "Stacked bars of peak memory for each stage by category. " + string.Join("; ",
        Enum.GetValues<MemoryStage>().Select(stage => (Stage: stage, P: run.Predicted.FirstOrDefault(p => p.Stage == stage), M: run.Measured.FirstOrDefault(m => m.Stage == stage)))
            .Where(s => s.P is not null || s.M is not null)
            .Select(s => MemoryNames.Of(s.Stage) + (s.P is null ? "" : $", predicted {ByteSize.Format(s.P.PeakBytes)}")
                + (s.M is null ? "" : $", measured {ByteSize.Format(s.M.PeakBytes)}"))) + ".";

    private static HtmlTable Table(StoredRun run)
    {
        List<MemoryCategory> categories = [.. Enum.GetValues<MemoryCategory>()
            .Where(category => run.Measured.Any(m => m.PeakCategories.GetValueOrDefault(category) + m.EndCategories.GetValueOrDefault(category) > 0))];
        var unit = ByteUnits.ForAxis(run.Measured.Max(m => m.PeakBytes));
        string In(long bytes) => ByteUnits.Table(bytes / unit.Bytes);
        var table = new HtmlTable($"Measured memory of each stage in {unit.Words}", ["stage", .. categories.Select(MemoryNames.Of), "total"]);
        foreach (var stage in run.Measured)
        {
            table.Add([$"{MemoryNames.Of(stage.Stage)}, peak", .. categories.Select(c => (HtmlCell)In(stage.PeakCategories.GetValueOrDefault(c))),
                (HtmlCell)In(stage.PeakBytes) with { IsStrong = true }]);
            table.Add([$"{MemoryNames.Of(stage.Stage)}, at its end", .. categories.Select(c => (HtmlCell)In(stage.EndCategories.GetValueOrDefault(c))), In(stage.EndBytes)]);
        }
        return table;
    }
}
