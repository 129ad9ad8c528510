using PeftLabs.Memory;
using PeftLabs.Plotting;
using PeftLabs.Training;

namespace PeftLabs.Labs.Reports;

/// <summary>The figures of reports, from runs as they are stored: a part that a run lacks is left out.</summary>
internal static class ReportFigures
{
    private const double Mib = 1 << 20;
    private const int MaxPoints = 600;

    /// <summary>The losses of all runs over their steps.</summary>
    public static Figure Losses(ReportRuns runs)
    {
        var curves = runs.Labelled.Where(pair => pair.Run.Steps.Count > 0)
            .Select(pair => LabCharts.Curve(pair.Label, pair.Run.Steps));
        var figure = LossCurves.Create("Training loss", [.. curves]) with { Runs = runs.Ids };
        return runs.IsOne && runs.First.Steps.All(step => step.ValidationLoss is null) ? figure with { Layout = figure.Layout with { ShowLegend = false } } : figure;
    }

    /// <summary>Learning rate and gradient norm over the steps, one above the other.</summary>
    public static Figure Optimization(StoredRun run)
    {
        List<StepRecord> shown = [.. FigureText.Thin(run.Steps, MaxPoints)];
        int[] steps = [.. shown.Select(step => (int)step.Step)];
        return new()
        {
            Traces =
            [
                Curve("gradient norm", Palette.Series[1], steps, shown.Select(step => step.GradientNorm ?? double.NaN)),
                Curve("learning rate", Palette.Series[0], steps, shown.Select(step => step.LearningRate)) with { YAxis = "y2" },
            ],
            Layout = new()
            {
                Title = "Gradient norm and learning rate",
                XAxis = new() { Title = "step", ShowGrid = false, TickStep = steps.Length <= 20 ? 1 : null, Anchor = "y2" },
                YAxis = new() { Title = "gradient norm", Domain = (0.55, 1), FromZero = true },
                MoreAxes = new Dictionary<string, Axis> { ["yaxis2"] = new() { Title = "learning rate", Domain = (0, 0.45), FromZero = true } },
                ShowLegend = false,
            },
            Runs = [run.Id],
        };
    }

    /// <summary>Peak memory of each stage by category, predicted beside measured.</summary>
    public static Figure Stages(StoredRun run)
    {
        var both = run.Predicted.Count > 0 && run.Measured.Count > 0;
        var bars = Enum.GetValues<MemoryStage>().SelectMany(stage => run.Predicted.Where(p => p.Stage == stage)
            .Select(p => LabCharts.Bar(MemoryNames.Of(stage), p.PeakCategories, true))
            .Concat(run.Measured.Where(m => m.Stage == stage).Select(m => LabCharts.Bar(MemoryNames.Of(stage), m.PeakCategories, false))));
        var subtitle = both ? "hatched: predicted before anything was loaded; plain: measured to the byte"
            : run.Measured.Count > 0 ? "measured to the byte" : "as predicted; the run has no measurement";
        return StackedBars.Create("Peak memory by stage", [.. bars], subtitle) with { Runs = [run.Id] };
    }

    /// <summary>Peak memory of whole runs by category, a group a run, predicted beside measured.</summary>
    public static Figure Ladder(ReportRuns runs) => LabCharts.Ladder("Peak memory by run", Rungs(runs));

    /// <summary>Peaks of every stage by category, a row a run, with marks for what was predicted.</summary>
    public static Figure StagesSideBySide(ReportRuns runs) => LabCharts.StageLadder("Peak memory by stage", Rungs(runs));

    /// <summary>Memory over the seconds of a run, the stages coloured.</summary>
    public static Figure Timeline(StoredRun run) =>
        LabCharts.Timeline("Memory over time", run.Record.Memory!, run.PredictedPeakBytes) with { Runs = [run.Id] };

    /// <summary>Memory over the seconds of several runs.</summary>
    public static Figure Timelines(ReportRuns runs) => new()
    {
        Traces = [.. runs.Labelled.Select((pair, i) => Memory(pair.Run, pair.Label, i)).OfType<Trace>()],
        Layout = new()
        {
            Title = "Memory over time",
            XAxis = new() { Title = "seconds", ShowGrid = false },
            YAxis = new() { Title = "memory (MiB = 1024² bytes)", FromZero = true },
            ShowLegend = true,
        },
        Runs = runs.Ids,
    };

    /// <summary>Peak memory against seconds a step, each run a point.</summary>
    public static Figure MemoryAgainstTime(ReportRuns runs) => LabCharts.MemoryAgainstTime(
        runs.Labelled.Where(pair => pair.Run is { PeakBytes: not null, SecondsPerStep: not null })
            .Select(pair => (pair.Label, pair.Run.SecondsPerStep!.Value, pair.Run.PeakBytes!.Value)), runs.Ids);

    private static List<LadderEntry> Rungs(ReportRuns runs) => [.. runs.Labelled.Select(pair => new LadderEntry
    {
        Key = pair.Run.Id,
        Name = pair.Label,
        Run = pair.Run.Id,
        Predicted = LadderStage.Of(pair.Run.Predicted),
        Measured = pair.Run.Record.Memory is { } memory ? LadderStage.Of(memory) : null,
    })];

    private static ScatterTrace? Memory(StoredRun run, string label, int index) => run.Record.Memory is not { Timeline: { Count: > 0 } samples } ? null : new()
    {
        Name = FigureText.Escape(label),
        Color = Palette.Series[index % Palette.Series.Count],
        LineShape = "hv",
        LineWidth = 1.4,
        LineDash = index < Palette.Series.Count ? "solid" : "dot",
        X = PlotValues.Of(samples.Select(sample => sample.Seconds)),
        Y = PlotValues.Of(samples.Select(sample => sample.Bytes / Mib)),
        HoverTemplate = "%{x:.3f} s: <b>%{y:.1f} MiB</b>",
    };

    private static ScatterTrace Curve(string name, string color, int[] steps, IEnumerable<double> values) => new()
    {
        Name = name,
        Color = color,
        Mode = steps.Length <= 20 ? "lines+markers" : "lines",
        X = steps,
        Y = PlotValues.Of(values),
        HoverTemplate = "step %{x}: %{y:.4g}",
    };
}
