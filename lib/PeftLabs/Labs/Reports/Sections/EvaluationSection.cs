namespace PeftLabs.Labs.Reports;

/// <summary>Figures on what was not trained on, before and after.</summary>
internal static class EvaluationSection
{
    public static ReportSection? Create(ReportRuns runs)
    {
        var table = new HtmlTable("Before and after training, on what was not trained on",
            [.. runs.IsOne ? (string[])["figure"] : ["run", "figure"], "before", "after", "change", "percent", "unit"])
        {
            Words = runs.IsOne ? 1 : 2,
            MoreWords = [runs.IsOne ? 5 : 6],
        };
        foreach (var (run, label) in runs.Labelled)
            foreach (var evaluation in run.Record.Evaluations ?? [])
                table.Add([.. runs.IsOne ? (HtmlCell[])[] : [label], .. Cells(evaluation)]);
        return table.IsEmpty ? null : new("evaluation", "Evaluation", [table]);
    }

    private static HtmlCell[] Cells(RunEvaluation evaluation) =>
    [
        evaluation.Name, ReportNumber.Figure(evaluation.Before), ReportNumber.Figure(evaluation.After),
        ReportNumber.SignedFigure(evaluation.After - evaluation.Before), ReportNumber.Percent(evaluation.After, evaluation.Before), evaluation.Unit,
    ];
}
