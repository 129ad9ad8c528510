using PeftLabs.Training;

namespace PeftLabs.Labs.Reports;

/// <summary>How training went, step by step.</summary>
internal static class LossSection
{
    private const int Shown = 12;

    public static ReportSection? Create(ReportRuns runs)
    {
        var curves = runs.All.Where(run => run.Steps.Count > 0).ToList();
        if (curves.Count == 0)
            return null;
        var ends = string.Join("; ", runs.Labelled.Where(pair => pair.Run.Steps.Count > 0)
            .Select(pair => $"{(runs.IsOne ? "" : pair.Label + ": ")}{ReportNumber.Loss(pair.Run.Steps[0].Loss)} to {ReportNumber.Loss(pair.Run.Steps[^1].Loss)}"));
        List<ReportPart> parts =
        [
            new FigurePart("loss", ReportFigures.Losses(runs), $"Curves of the training loss over the steps. {ends}.",
                "Mean loss of each step's labelled tokens, in nats a token." + (runs.IsOne ? "" : " The runs over one another.")),
        ];
        if (runs.IsOne)
            parts.AddRange(Alone(runs.First));
        return new("loss", "Loss", parts);
    }

    private static IEnumerable<ReportPart> Alone(StoredRun run)
    {
        if (run.Steps.Any(step => step.GradientNorm is not null))
            yield return new FigurePart("optimization", ReportFigures.Optimization(run),
                $"Two curves over the steps: the gradient norm, last {run.Steps[^1].GradientNorm:G3}, and the learning rate, last {run.Steps[^1].LearningRate:G3}.",
                "The norm of all gradients before clipping, and the learning rate that the optimizer used.");
        var table = new HtmlTable("Steps", "step", "loss", "learning rate", "gradient norm", "tokens", "seconds", "peak bytes");
        var every = Math.Max(1, (run.Steps.Count + Shown - 1) / Shown);
        foreach (var step in run.Steps.Where((_, i) => i % every == 0 || i == run.Steps.Count - 1))
            table.Add(Cells(step));
        var which = every == 1 ? "The steps" : $"Every {every}th step and the last";
        yield return HtmlText.Folded(which, table.ToString());
    }

    private static HtmlCell[] Cells(StepRecord step) =>
    [
        $"{step.Step}", ReportNumber.Loss(step.Loss), ReportNumber.Invariant($"{step.LearningRate:G4}"),
        ReportNumber.Invariant($"{step.GradientNorm:G4}"), ReportNumber.Bytes(step.Tokens), ReportNumber.Invariant($"{step.Seconds:0.000}"),
        step.PeakBytes > 0 ? ReportNumber.Bytes(step.PeakBytes) : "",
    ];
}
