using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>What a reader wants to know first of one run: its peak, its losses, its time, and whether the prediction held.</summary>
internal static class GlanceSection
{
    // Evaluated on several tasks, a run has more figures than a glance holds.
    private const int ShownEvaluations = 4;

    public static ReportSection Create(ReportRuns runs)
    {
        var run = runs.First;
        var facts = string.Concat(Facts(run).Select(fact =>
            $"<div><dt>{HtmlText.Escape(fact.Name)}</dt><dd>{HtmlText.Escape(fact.Value)}</dd>{Small(fact.Beside)}</div>\n"));
        return new("glance", "At a glance", [$"<dl class=\"facts\">\n{facts}</dl>\n", .. Verdict(run), .. ReportWarnings.Of(runs)]);
    }

    private static string Small(string? text) => text is null ? "" : $"<dd class=\"beside\">{HtmlText.Escape(text)}</dd>";

    private static IEnumerable<(string Name, string Value, string? Beside)> Facts(StoredRun run)
    {
        if (run.PeakBytes is { } peak)
            yield return ("peak memory", ByteSize.Format(peak), run.Record.Memory is { } memory ? $"in {MemoryNames.Of(memory.PeakStage)}" : "so far");
        if (run.PredictedPeakBytes is { } predicted)
            yield return ("predicted peak", ByteSize.Format(predicted), run.Record.Memory is { } m ? ReportNumber.Percent(predicted, m.PeakBytes) : null);
        foreach (var evaluation in (run.Record.Evaluations ?? []).Take(ShownEvaluations))
            yield return (evaluation.Name, $"{ReportNumber.Figure(evaluation.Before)} → {ReportNumber.Figure(evaluation.After)}", evaluation.Unit is { Length: > 0 } unit ? unit : null);
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
        var compared = run.Compared;
        if (compared.Count == 0)
            yield break;
        var worst = compared.MaxBy(stage => Math.Abs(stage.Off))!;
        yield return HtmlText.Paragraph(worst.PeakDifference == 0
            ? "In every stage the predicted peak is the measured one, byte for byte."
            : $"The predicted peak is off by {ReportNumber.Percent(100 + run.PredictedOff!.Value, 100)}. Of the stages it is furthest off in {MemoryNames.Of(worst.Predicted.Stage)}: by "
                + $"{ReportNumber.Change(worst.PeakDifference)} ({ReportNumber.Percent(worst.Predicted.PeakBytes, worst.Measured.PeakBytes)}), most of it in {MemoryNames.Of(worst.WorstCategory)}.");
    }
}
