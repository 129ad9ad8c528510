using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Planning;
using PeftLabs.Plotting;
using PeftLabs.Training;

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
                .Select(p => Bar(MemoryNames.Of(stage.Stage), p.PeakCategories, true)).Append(Bar(MemoryNames.Of(stage.Stage), stage.PeakCategories, false)))],
            "hatched: predicted before anything was loaded; plain: measured to the byte");

    /// <summary>How far a predicted peak is off the measured one, in percent.</summary>
    public static string Off(StagePrediction predicted, StageMemory measured) => string.Create(CultureInfo.InvariantCulture,
        $"{100.0 * (predicted.PeakBytes - measured.PeakBytes) / measured.PeakBytes:+0.00;-0.00;0.00} %");

    /// <summary>The stages as predicted alone.</summary>
    public static Figure Predicted(string title, IReadOnlyList<StagePrediction> predicted) =>
        StackedBars.Create(title, [.. predicted.Select(p => Bar(MemoryNames.Of(p.Stage), p.PeakCategories, true))]);

    /// <summary>Peak memory of whole runs by category, a group a technique, the later ones layered on the earlier.</summary>
    public static Figure Ladder(params IReadOnlyList<LabRun> runs) =>
        Ladder("The ladder so far: peak memory by technique", [.. runs.Select(LadderEntry.Of)]);

    /// <summary>Peak memory of the rungs' whole runs by category, predicted beside measured, and what each rung saves of the one above.</summary>
    public static Figure Ladder(string title, IReadOnlyList<LadderEntry> rungs) =>
        StackedBars.Create(title, [.. rungs.SelectMany((rung, i) => LadderBars(rung, i == 0 ? null : rungs[i - 1]))],
            rungs.Any(rung => rung.Predicted.Count > 0) ? "hatched: predicted before anything was loaded; plain: measured to the byte" : "measured to the byte",
            horizontal: true) with
        { Runs = Ids(rungs) };

    /// <summary>Peak memory of every stage by category for the techniques so far.</summary>
    public static Figure StageLadder(params IReadOnlyList<LabRun> runs) =>
        StageLadder("The ladder so far: peak memory by technique and stage", [.. runs.Select(LadderEntry.Of)]);

    /// <summary>Peak memory of every stage of the rungs by category, and where the prediction stood.</summary>
    public static Figure StageLadder(string title, IReadOnlyList<LadderEntry> rungs) =>
        BarGrid.Create(title, [.. rungs.Select(rung => rung.Name)], [.. Enum.GetValues<MemoryStage>().Select(MemoryNames.Of)],
            [.. rungs.SelectMany((rung, row) => (rung.Measured ?? []).Select(stage => Cell(rung, row, stage)))],
            "bars: measured to the byte; marks: predicted before anything was loaded") with
        { Runs = Ids(rungs) };

    private static IEnumerable<MemoryBar> LadderBars(LadderEntry rung, LadderEntry? above)
    {
        // A run of an older kit was not predicted.
        if (rung.Predicted.Count > 0)
            yield return Bar(rung.Name, rung.PredictedPeak.Categories, true) with { Note = rung.Error is null ? null : "failed" };
        if (rung.MeasuredPeak is not { } peak)
            yield break;
        var saved = above?.MeasuredPeak is { } before ? 1 - (double)peak.PeakBytes / before.PeakBytes : 0;
        yield return Bar(rung.Name, peak.Categories, false) with
        {
            Note = saved >= 0.005 ? string.Create(CultureInfo.InvariantCulture, $"−{100 * saved:0} %") : null,
        };
    }

    private static BarGridCell Cell(LadderEntry rung, int row, LadderStage stage) =>
        new(row, (int)stage.Stage, stage.Categories.ToDictionary(c => c.Key.ToString(), c => c.Value))
        {
            PredictedBytes = rung.Predicted.FirstOrDefault(s => s.Stage == stage.Stage)?.PeakBytes,
        };

    /// <summary>Training loss of runs on the same data, over one another.</summary>
    public static Figure Losses(params IReadOnlyList<LabRun> runs)
    {
        var curves = runs.Select(r => Curve(r.Name, r.Steps));
        return LossCurves.Create("Training loss", [.. curves], "nats a token") with { Runs = Ids(runs) };
    }

    /// <summary>What runs take beside one another: peak memory against seconds a step, each a point with its name.</summary>
    public static Figure MemoryAgainstTime(params IReadOnlyList<LabRun> runs) =>
        MemoryAgainstTime(runs.Select(r => (r.Name, r.SecondsPerStep, r.Measured.PeakBytes)), Ids(runs));

    internal static Figure MemoryAgainstTime(IEnumerable<(string Name, double Seconds, long PeakBytes)> runs, IReadOnlyList<string> ids) => new()
    {
        Traces =
        [
            .. runs.Select((r, i) => new ScatterTrace
            {
                Name = FigureText.Escape(r.Name),
                X = new[] { r.Seconds },
                Y = new[] { r.PeakBytes / (double)(1 << 20) },
                Mode = "markers",
                MarkerSize = 12,
                MarkerSymbol = i < Palette.Series.Count ? "circle" : "diamond",
                Color = Palette.Series[i % Palette.Series.Count],
            }),
        ],
        Layout = new()
        {
            Title = "Peak memory against seconds a step",
            XAxis = new() { Title = "seconds a step", FromZero = true },
            YAxis = new() { Title = "peak (MiB = 1024² bytes)", FromZero = true },
            ShowLegend = true,
        },
        Runs = ids,
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

    private static string[] Ids(IReadOnlyList<LadderEntry> rungs) => [.. rungs.Select(rung => rung.Run).OfType<string>()];

    internal static LossRun Curve(string name, IReadOnlyList<StepRecord> steps) => new(name, [.. steps.Select(s => s.Loss)], (int)steps[0].Step)
    {
        Validation = [.. steps.Where(s => s.ValidationLoss is not null).Select(s => ((int)s.Step, s.ValidationLoss!.Value))],
    };

    internal static MemoryBar Bar(string group, IReadOnlyDictionary<MemoryCategory, long> bytes, bool predicted) =>
        new(group, bytes.ToDictionary(b => b.Key.ToString(), b => b.Value), predicted);

    private static List<StageBand> Bands(IReadOnlyList<MemorySample> samples)
    {
        List<StageBand> bands = [];
        for (var (first, i) = (0, 1); i <= samples.Count; i++)
        {
            if (i < samples.Count && samples[i].Stage == samples[first].Stage)
                continue;
            bands.Add(new(MemoryNames.Of(samples[first].Stage), samples[first].Seconds, samples[Math.Min(i, samples.Count - 1)].Seconds));
            first = i;
        }
        return bands;
    }
}
