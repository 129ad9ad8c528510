using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>Evaluations as figures.</summary>
public static class EvaluationCharts
{
    private const double Gap = 0.1;

    /// <summary>
    /// Scores before and after as bars, with their 95 % intervals, task by task; beside them, where text was evaluated, its perplexity: what
    /// was gained, and what was forgotten for it.
    /// </summary>
    /// <param name="title">What the figure shows.</param>
    /// <param name="evaluations">The same tasks and text for each, the first being what the others began from.</param>
    /// <exception cref="ArgumentException">There is no evaluation, or no figure in it.</exception>
    public static Figure BeforeAfter(string title, params IReadOnlyList<ModelEvaluation> evaluations)
    {
        if (evaluations.Count == 0 || !evaluations[0].Scores.Any())
            throw new ArgumentException("There is nothing to draw: give evaluations of a task or a text.", nameof(evaluations));
        var (tasks, texts) = (evaluations.Any(e => e.Tasks.Count > 0), evaluations.Any(e => e.Text is not null));
        var width = !texts ? 1 : !tasks ? 0 : 0.72;
        return new()
        {
            Traces = [.. evaluations.SelectMany((evaluation, i) => Bars(evaluation, i, tasks, tasks ? "2" : ""))],
            Layout = Layout(title, tasks, texts, width),
            Values = string.Join("\n\n", evaluations.Count == 1
                ? [EvaluationTable.Text(evaluations[0])]
                : evaluations.Skip(1).Select(after => EvaluationTable.Text(evaluations[0], after))),
        };
    }

    private static IEnumerable<BarTrace> Bars(ModelEvaluation evaluation, int index, bool tasks, string textAxis)
    {
        if (tasks)
            yield return Bars(evaluation, index, "", 100, evaluation.Tasks.SelectMany(task => task.Metrics.Select(metric => (Label(task, metric), metric))));
        if (evaluation.Text is { } text)
            yield return Bars(evaluation, index, textAxis, 1, [(FigureText.Escape(text.Text), text.Perplexity)]) with { ShowLegend = !tasks };
    }

    private static BarTrace Bars(ModelEvaluation evaluation, int index, string axis, double factor, IEnumerable<(string Label, MetricScore Score)> bars)
    {
        var all = bars.ToList();
        return new()
        {
            Name = FigureText.Escape(evaluation.Name),
            Color = Palette.Series[index % Palette.Series.Count],
            LegendGroup = evaluation.Name,
            XAxis = $"x{axis}",
            YAxis = $"y{axis}",
            X = PlotValues.Of(all.Select(bar => bar.Label)),
            Y = PlotValues.Of(all.Select(bar => factor * bar.Score.Mean)),
            Errors = [.. all.Select(bar => factor * (bar.Score.High - bar.Score.Mean))],
            ErrorsBelow = [.. all.Select(bar => factor * (bar.Score.Mean - bar.Score.Low))],
            CustomData = [.. all.Select(bar => $"{FigureText.Escape(evaluation.Name)}<br><b>{bar.Score.ValueText}</b> ({bar.Score.IntervalText})")],
            HoverTemplate = "%{x}<br>%{customdata}",
        };
    }

    private static string Label(TaskEvaluation task, MetricScore metric) => $"{FigureText.Escape(task.Task)}<br>{FigureText.Escape(metric.Name)}";

    private static Layout Layout(string title, bool tasks, bool texts, double width)
    {
        var score = new Axis { Title = "score (%)", Range = (0, 105), TickStep = 20 };
        var perplexity = new Axis { Title = "perplexity", FromZero = true };
        var names = new Axis { ShowGrid = false };
        return new()
        {
            Title = title,
            Subtitle = "error bars: 95 % confidence intervals",
            BarMode = "group",
            ShowLegend = true,
            LegendBelow = true,
            XAxis = tasks && texts ? names with { Domain = (0, width), Anchor = "y" } : names,
            YAxis = tasks ? score : perplexity,
            MoreAxes = tasks && texts
                ? new Dictionary<string, Axis>
                {
                    ["xaxis2"] = names with { Domain = (width + Gap, 1), Anchor = "y2" },
                    ["yaxis2"] = perplexity with { Anchor = "x2" },
                }
                : new Dictionary<string, Axis>(),
        };
    }
}
