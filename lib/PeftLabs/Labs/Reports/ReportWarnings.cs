namespace PeftLabs.Labs.Reports;

/// <summary>What should be known before the figures of a run are trusted.</summary>
internal static class ReportWarnings
{
    /// <summary>A paragraph for each thing, with the runs that it is true of where there are several.</summary>
    public static IEnumerable<ReportPart> Of(ReportRuns runs) => runs.Labelled
        .SelectMany(pair => Of(pair.Run).Select(text => (pair.Label, Text: text)))
        .GroupBy(warning => warning.Text)
        .Select(group => (ReportPart)HtmlText.Note((runs.IsOne ? "" : $"{string.Join(", ", group.Select(warning => warning.Label))}: ") + group.Key));

    private static IEnumerable<string> Of(StoredRun run)
    {
        if (!run.IsFinished)
            yield return $"No end. The run {(run.Record.Interrupted is null ? "was broken off, or was still going on when this was written" : "was interrupted by its user")}: {ReportNumber.Count(run.Steps.Count, "step")} had ended, "
                + "and what is only known at the end is missing.";
        if (run.Record.Versions.Modified == true)
            yield return "Made with a work tree that differed from its commit: the commit alone does not give it again.";
        if (run.Steps.FirstOrDefault(step => !double.IsFinite(step.Loss)) is { } step)
            yield return $"A loss that is no number, first at step {step.Step}.";
        if (run.Record.Memory is { UnseenFrees: > 0 } memory)
            yield return $"Memory was freed {ReportNumber.Count(memory.UnseenFrees, "time")} where the meter could not see it: measured bytes may be too high.";
    }
}
