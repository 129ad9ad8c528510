using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Planning;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>The figures of the labs, from runs.</summary>
public static class LabCharts
{
    /// <summary>Peak memory of each stage by category, predicted beside measured.</summary>
    public static Figure Stages(LabRun run) =>
        Stages($"Peak memory by stage: {FigureText.Escape(run.Name)}", run.Predicted, run.Measured) with { Runs = Ids(run) };

    /// <summary>Peak memory of each stage by category, predicted beside measured.</summary>
    public static Figure Stages(string title, IReadOnlyList<StagePrediction> predicted, MemoryReport measured) =>
        StackedBars.Create(title,
            [.. measured.Stages.SelectMany(stage => predicted.Where(p => p.Stage == stage.Stage)
                .Select(p => Bar(Name(stage.Stage), p.PeakCategories, true)).Append(Bar(Name(stage.Stage), stage.PeakCategories, false)))],
            "hatched: predicted before anything was loaded; plain: measured to the byte");

    /// <summary>How far a predicted peak is off the measured one, in percent.</summary>
    public static string Off(StagePrediction predicted, StageMemory measured) => string.Create(CultureInfo.InvariantCulture,
        $"{100.0 * (predicted.PeakBytes - measured.PeakBytes) / measured.PeakBytes:+0.00;-0.00;0.00} %");

    /// <summary>The stages as predicted alone.</summary>
    public static Figure Predicted(string title, IReadOnlyList<StagePrediction> predicted) =>
        StackedBars.Create(title, [.. predicted.Select(p => Bar(Name(p.Stage), p.PeakCategories, true))]);

    /// <summary>Peak memory of whole runs by category, a group a technique, the later ones layered on the earlier.</summary>
    public static Figure Ladder(params IReadOnlyList<LabRun> runs) =>
        StackedBars.Create("The ladder so far: peak memory by technique",
            [.. runs.SelectMany(run => new[]
            {
                Bar(run.Name, run.Predicted.MaxBy(p => p.PeakBytes)!.PeakCategories, true),
                Bar(run.Name, run.Measured.Stages.MaxBy(s => s.PeakBytes)!.PeakCategories, false),
            })],
            "hatched: predicted; plain: measured", horizontal: true) with { Runs = Ids(runs) };

    /// <summary>Training loss of runs on the same data, over one another.</summary>
    public static Figure Losses(params IReadOnlyList<LabRun> runs)
    {
        var curves = runs.Select(r => new LossRun(r.Name, [.. r.Steps.Select(s => s.Loss)]));
        return LossCurves.Create("Training loss", [.. curves], "nats a token") with { Runs = Ids(runs) };
    }

    /// <summary>What runs take beside one another: peak memory against seconds a step, each a point with its name.</summary>
    public static Figure MemoryAgainstTime(params IReadOnlyList<LabRun> runs) => new()
    {
        Traces =
        [
            .. runs.Select((r, i) => new ScatterTrace
            {
                Name = FigureText.Escape(r.Name),
                X = new[] { r.SecondsPerStep },
                Y = new[] { r.Measured.PeakBytes / (double)(1 << 20) },
                Mode = "markers",
                MarkerSize = 12,
                Color = Palette.Series[i % Palette.Series.Count],
            }),
        ],
        Layout = new()
        {
            Title = "Peak memory against seconds a step",
            XAxis = new() { Title = "seconds a step", FromZero = true },
            YAxis = new() { Title = "peak, MiB", FromZero = true },
            ShowLegend = true,
        },
        Runs = Ids(runs),
    };

    /// <summary>Quantities over another, a line each.</summary>
    /// <param name="title">What they show.</param>
    /// <param name="xTitle">What they are drawn over, with its unit.</param>
    /// <param name="yTitle">What they are, with their unit.</param>
    /// <param name="lines">Each line's name and points.</param>
    public static Figure Lines(string title, string xTitle, string yTitle, params IReadOnlyList<(string Name, double[] X, double[] Y)> lines) => new()
    {
        Traces =
        [
            .. lines.Select((line, i) => new ScatterTrace
            {
                Name = line.Name,
                X = line.X,
                Y = line.Y,
                Mode = line.X.Length <= 40 ? "lines+markers" : "lines",
                Color = Palette.Series[i % Palette.Series.Count],
            }),
        ],
        Layout = new() { Title = title, XAxis = new() { Title = xTitle }, YAxis = new() { Title = yTitle }, ShowLegend = true },
    };

    /// <summary>Memory over the seconds of a run, the stages coloured.</summary>
    public static Figure Timeline(string title, LabRun run) => Timeline(title, run.Measured, run.PredictedPeakBytes) with { Runs = Ids(run) };

    /// <summary>Memory over the seconds of a run, the stages coloured.</summary>
    public static Figure Timeline(string title, MemoryReport measured, long? predictedPeakBytes = null) =>
        Plotting.Timeline.Create(title, [.. measured.Timeline.Select(s => new MemoryPoint(s.Seconds, s.Bytes))],
            Bands(measured.Timeline), predictedPeakBytes: predictedPeakBytes);

    // A rung that was only loaded or predicted has no record.
    private static string[] Ids(params IReadOnlyList<LabRun> runs) => [.. runs.Select(run => run.Id).Where(id => id.Length > 0)];

    internal static MemoryBar Bar(string group, IReadOnlyDictionary<MemoryCategory, long> bytes, bool predicted) =>
        new(group, bytes.ToDictionary(b => b.Key.ToString(), b => b.Value), predicted);

    private static string Name(MemoryStage stage) => $"{(int)stage} {stage}";

    private static List<StageBand> Bands(IReadOnlyList<MemorySample> samples)
    {
        List<StageBand> bands = [];
        for (var (first, i) = (0, 1); i <= samples.Count; i++)
        {
            if (i < samples.Count && samples[i].Stage == samples[first].Stage)
                continue;
            bands.Add(new(Name(samples[first].Stage), samples[first].Seconds, samples[Math.Min(i, samples.Count - 1)].Seconds));
            first = i;
        }
        return bands;
    }
}
