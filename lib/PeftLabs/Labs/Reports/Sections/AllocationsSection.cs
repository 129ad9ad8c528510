using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>What was alive at the peak, allocation by allocation, each with the code that made it.</summary>
internal static class AllocationsSection
{
    private const int Shown = 24;

    public static ReportSection? Create(StoredRun run)
    {
        if (run.Record.Memory is not { PeakAllocations.Count: > 0 } memory)
            return null;
        List<ReportPart> parts =
        [
            HtmlText.Paragraph($"At the highest moment of the run, in {MemoryNames.Of(memory.PeakStage)}, {ByteSize.Format(memory.PeakBytes)} were alive. "
                + "Allocations of one size, made by the same line of code for the same use, stand in one line."),
            new FigurePart("allocations", ProfileCharts.PeakMemory(memory) with { Runs = [run.Id] },
                $"A flame graph of the bytes alive at the peak by the scope that made them. The largest are {memory.PeakAllocations[0].Where}, {ByteSize.Format(memory.PeakAllocations[0].Bytes)}.",
                "Each bar is part of the one above it, as long as its bytes; equal blocks are one. Dragging over a part zooms in."),
            Table("Alive at the peak, largest first", memory.PeakAllocations, memory.PeakBytes),
        ];
        foreach (var stage in memory.Stages.Where(stage => stage.PeakAllocations.Count > 0 && stage.Stage != memory.PeakStage))
            parts.Add(HtmlText.Folded($"Alive at the peak of {MemoryNames.Of(stage.Stage)}",
                Table($"Alive at the peak of {MemoryNames.Of(stage.Stage)}, largest first", stage.PeakAllocations, stage.PeakBytes).ToString()));
        return new("allocations", "Alive at the peak", parts);
    }

    private static HtmlTable Table(string caption, IReadOnlyList<PeakAllocation> allocations, long total)
    {
        var table = new HtmlTable(caption, "made in, and by", "category", "how many", "each", "together", "share") { Words = 2, Breaks = true };
        foreach (var allocation in allocations.Take(Shown))
            table.Add(new HtmlCell($"{HtmlText.Escape(allocation.Where)}<br>{HtmlText.Code(allocation.Code)}"), MemoryNames.Of(allocation.Category), ReportNumber.Bytes(allocation.Count),
                ByteSize.Format(allocation.BytesEach), ByteSize.Format(allocation.Bytes), Share(allocation.Bytes, total));
        var rest = allocations.Skip(Shown).Sum(allocation => allocation.Bytes);
        if (rest > 0)
            table.Add($"{ReportNumber.Count(allocations.Count - Shown, "smaller line")}", "", "", "", ByteSize.Format(rest), Share(rest, total));
        return table;
    }

    private static string Share(long bytes, long total) => ReportNumber.Invariant($"{100.0 * bytes / total:0.0} %");
}
