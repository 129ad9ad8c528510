namespace PeftLabs.Labs.Reports;

/// <summary>Figures on what was not trained on, before and after, with their confidence intervals where they were taken.</summary>
internal static class EvaluationSection
{
    public static ReportSection? Create(ReportRuns runs)
    {
        string[] names = runs.IsOne ? ["figure"] : ["run", "figure"];
        var table = new HtmlTable("Before and after training, on what was not trained on",
            [.. names, "before", "95 % interval", "after", "95 % interval", "change", "percent", "unit", "p"])
        {
            Words = names.Length,
            MoreWords = [names.Length + 6],
        };
        foreach (var (run, label) in runs.Labelled)
            foreach (var evaluation in run.Record.Evaluations ?? [])
                table.Add([.. runs.IsOne ? (HtmlCell[])[] : [label], .. Cells(evaluation)]);
        return table.IsEmpty ? null : new("evaluation", "Evaluation", [table]);
    }

    private static HtmlCell[] Cells(RunEvaluation evaluation) =>
    [
        evaluation.Name, ReportNumber.Figure(evaluation.Before), Interval(evaluation.BeforeLow, evaluation.BeforeHigh),
        ReportNumber.Figure(evaluation.After), Interval(evaluation.AfterLow, evaluation.AfterHigh),
        ReportNumber.SignedFigure(evaluation.After - evaluation.Before), ReportNumber.Percent(evaluation.After, evaluation.Before), evaluation.Unit,
        evaluation.PValue switch { null => "", < 0.001 => "< 0.001", { } p => ReportNumber.Invariant($"{p:0.000}") },
    ];

    private static HtmlCell Interval(double? low, double? high) =>
        low is null || high is null ? "" : HtmlCell.Whole($"{ReportNumber.Figure(low.Value)} to {ReportNumber.Figure(high.Value)}");
}
