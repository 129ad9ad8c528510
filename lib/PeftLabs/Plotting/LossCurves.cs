using System.Globalization;

namespace PeftLabs.Plotting;

/// <summary>
/// The losses of training runs over their steps. Long runs are also shown smoothed, with the losses themselves pale behind.
/// </summary>
public static class LossCurves
{
    private const int MaxPoints = 600;
    private const int SmoothFrom = 60;
    private const int FewSteps = 20;

    /// <summary>Makes the figure.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="subtitle">A smaller line below the title.</param>
    /// <param name="logarithmic">Whether the losses' axis is logarithmic.</param>
    /// <exception cref="ArgumentException">There are no runs, or one has no losses.</exception>
    public static Figure Create(string title, IReadOnlyList<LossRun> runs, string? subtitle = null, bool logarithmic = false)
    {
        if (runs.Count == 0) throw new ArgumentException("Loss curves need at least one run.", nameof(runs));
        if (runs.FirstOrDefault(run => run.Losses.Count == 0) is { } empty)
            throw new ArgumentException($"Run {empty.Name} has no losses.", nameof(runs));
        return new Figure
        {
            Traces = [.. runs.SelectMany(TracesOf)],
            Layout = new Layout
            {
                Title = title,
                Subtitle = subtitle,
                HoverMode = "x unified",
                ShowLegend = true,
                XAxis = new Axis { Title = "step", ShowGrid = false, TickStep = runs.Max(run => run.Losses.Count) <= FewSteps ? 1 : null },
                YAxis = new Axis { Title = "loss (nats a token)", Logarithmic = logarithmic },
            },
            Values = Table(runs),
        };
    }

    private static IEnumerable<Trace> TracesOf(LossRun run, int index)
    {
        var color = Palette.Series[index % Palette.Series.Count];
        // The window is a twentieth of the run, so that the curve's shape does not hang on the run's length.
        var smooth = run.Losses.Count < SmoothFrom ? null : Smoothed(run.Losses, run.Losses.Count / 20);
        if (smooth is not null)
            yield return Line(run, index, run.Losses, color) with { Opacity = 0.3, LineWidth = 1, ShowLegend = false, HoverTemplate = "" };
        yield return Line(run, index, smooth ?? run.Losses, color);
        if (run.Validation.Count > 0)
            yield return HeldOut(run, color);
    }

    private static ScatterTrace HeldOut(LossRun run, string color) => new()
    {
        Name = FigureText.Escape($"{run.Name}, held out"),
        Color = color,
        LineDash = "dot",
        LegendGroup = run.Name,
        Mode = "lines+markers",
        X = PlotValues.Of(run.Validation.Select(point => (double)point.Step)),
        Y = PlotValues.Of(run.Validation.Select(point => point.Loss)),
        HoverTemplate = "%{y:.4f}",
    };

    private static ScatterTrace Line(LossRun run, int index, IReadOnlyList<double> losses, string color)
    {
        var every = (losses.Count + MaxPoints - 1) / MaxPoints;
        List<int> steps = [.. Enumerable.Range(0, losses.Count).Where(step => step % every == 0 || step == losses.Count - 1)];
        return new ScatterTrace
        {
            Name = FigureText.Escape(run.Name),
            Color = color,
            LineDash = index < Palette.Series.Count ? "solid" : "dash",
            LegendGroup = run.Name,
            Mode = losses.Count <= FewSteps ? "lines+markers" : "lines",
            X = PlotValues.Of(steps.Select(step => (double)(run.FirstStep + step))),
            Y = PlotValues.Of(steps.Select(step => losses[step])),
            HoverTemplate = "%{y:.4f}",
        };
    }

    /// <summary>
    /// At each step, the value of the straight line that fits the losses around it best: right on slopes and at both ends, too.
    /// </summary>
    private static double[] Smoothed(IReadOnlyList<double> losses, int reach) =>
        [.. Enumerable.Range(0, losses.Count)
            .Select(step => FitAt(step, Math.Max(0, step - reach), Math.Min(losses.Count - 1, step + reach), losses))];

    private static double FitAt(int step, int first, int last, IReadOnlyList<double> losses)
    {
        var steps = Enumerable.Range(first, last - first + 1).ToList();
        var (meanStep, meanLoss) = ((first + last) / 2.0, steps.Average(other => losses[other]));
        var covariance = steps.Sum(other => (other - meanStep) * (losses[other] - meanLoss));
        var variance = steps.Sum(other => (other - meanStep) * (other - meanStep));
        return meanLoss + covariance / variance * (step - meanStep);
    }

    private static string Table(IReadOnlyList<LossRun> runs)
    {
        var steps = runs.SelectMany(run => Enumerable.Range(run.FirstStep, run.Losses.Count)).Distinct().Order().ToList();
        return TextTable.Format(
            ["step", .. runs.SelectMany(Names)],
            [.. FigureText.Thin(steps).Select(step => (IReadOnlyList<string>)[$"{step}", .. runs.SelectMany(run => Losses(run, step))])]);
    }

    private static string[] Names(LossRun run) => run.Validation.Count == 0 ? [run.Name] : [run.Name, $"{run.Name}, held out"];

    private static string[] Losses(LossRun run, int step) => run.Validation.Count == 0 ? [Loss(run, step)]
        : [Loss(run, step), .. run.Validation.Where(p => p.Step == step).Select(p => Text(p.Loss)).DefaultIfEmpty("").Take(1)];

    private static string Loss(LossRun run, int step)
    {
        var index = step - run.FirstStep;
        return index < 0 || index >= run.Losses.Count ? "" : Text(run.Losses[index]);
    }

    private static string Text(double loss) => loss.ToString("0.0000", CultureInfo.InvariantCulture);
}
