using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>What a reader wants to know first of one run: its peak, its losses, its time, and whether the prediction held.</summary>
internal static class GlanceSection
{
    public static ReportSection Create(StoredRun run)
    {
        var facts = string.Concat(Facts(run).Select(fact =>
            $"<div><dt>{HtmlText.Escape(fact.Name)}</dt><dd>{HtmlText.Escape(fact.Value)}</dd>{Small(fact.Beside)}</div>\n"));
        return new("glance", "At a glance", [$"<dl class=\"facts\">\n{facts}</dl>\n", .. Verdict(run), .. Warnings(run)]);
    }

    /// <summary>What should be known before the figures of a run are trusted.</summary>
    public static IEnumerable<ReportPart> Warnings(StoredRun run, string? label = null)
    {
        var who = label is null ? "The run" : $"“{label}”";
        if (!run.IsFinished)
            yield return HtmlText.Note($"{who} has no end: it was broken off, or was still running when this was written. "
                + $"{ReportNumber.Count(run.Steps.Count, "step")} had ended; what is only known at the end is missing.");
        if (run.Record.Versions.Modified == true)
            yield return HtmlText.Note($"{who} was made with a work tree that differed from its commit: the commit alone does not give it again.");
        if (run.Steps.FirstOrDefault(step => !double.IsFinite(step.Loss)) is { } step)
            yield return HtmlText.Note($"{who} has a loss that is no number, first at step {step.Step}.");
        if (run.Record.Memory is { UnseenFrees: > 0 } memory)
            yield return HtmlText.Note($"{who} freed memory {ReportNumber.Count(memory.UnseenFrees, "time")} where the meter could not see it: measured bytes may be too high.");
    }

    private static string Small(string? text) => text is null ? "" : $"<dd class=\"beside\">{HtmlText.Escape(text)}</dd>";

    private static IEnumerable<(string Name, string Value, string? Beside)> Facts(StoredRun run)
    {
        if (run.PeakBytes is { } peak)
            yield return ("peak memory", ByteSize.Format(peak), run.Record.Memory is { } memory ? $"in {ReportRuns.Name(memory.PeakStage)}" : "so far");
        if (run.PredictedPeakBytes is { } predicted)
            yield return ("predicted peak", ByteSize.Format(predicted), run.Record.Memory is { } m ? ReportNumber.Percent(predicted, m.PeakBytes) : null);
        foreach (var evaluation in run.Record.Evaluations ?? [])
            yield return (evaluation.Name, ReportNumber.Invariant($"{evaluation.Before:G4} → {evaluation.After:G4}"), evaluation.Unit is { Length: > 0 } unit ? unit : null);
        if (run.Steps.Count > 0)
            yield return ("training loss", ReportNumber.Invariant($"{run.Steps[0].Loss:0.000} → {run.Steps[^1].Loss:0.000}"), $"in {ReportNumber.Count(run.Steps.Count, "step")}");
        if (run.SecondsPerStep is { } seconds)
            yield return ("time a step", ReportNumber.Seconds(seconds), Throughput(run));
        if (run.Record.PredictedSecondsPerStep is { } expected)
            yield return ("predicted time", ReportNumber.Seconds(expected), run.SecondsPerStep is { } s ? ReportNumber.Percent(expected, s) : null);
        if (run.Model is { } model)
            yield return ("model", model, run.Method);
    }

    private static string Throughput(StoredRun run)
    {
        var counted = run.Steps.Skip(Math.Min(1, run.Steps.Count - 1)).ToList();
        return ReportNumber.Invariant($"{counted.Sum(step => step.Tokens) / Math.Max(counted.Sum(step => step.Seconds), 1e-9):N0} tokens a second");
    }

    private static IEnumerable<ReportPart> Verdict(StoredRun run)
    {
        var compared = StageComparison.Of(run);
        if (compared.Count == 0)
            yield break;
        var worst = compared.MaxBy(stage => Math.Abs(stage.Share))!;
        yield return HtmlText.Paragraph(worst.Difference == 0
            ? "In every stage the predicted peak is the measured one, byte for byte."
            : ReportNumber.Invariant($"In every stage the predicted peak is within {100 * Math.Abs(worst.Share):0.00} % of the measured one; ")
                + $"it is furthest off in {ReportRuns.Name(worst.Stage)}, by {ReportNumber.Change(worst.Difference)}, most of it {ReportRuns.Name(worst.Furthest)}.");
    }
}
