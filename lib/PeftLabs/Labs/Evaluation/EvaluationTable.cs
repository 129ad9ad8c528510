using System.Globalization;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>Evaluations as tables.</summary>
public static class EvaluationTable
{
    private const string Footnote = "(in brackets: 95 % confidence intervals)",
        Tests = "p: McNemar's exact test where answers are right or wrong, the paired bootstrap elsewhere";

    /// <summary>Before and after, a row a figure, for a notebook to display.</summary>
    /// <exception cref="ArgumentException">The evaluations are of different examples.</exception>
    public static IReadOnlyList<EvaluationRow> Rows(ModelEvaluation before, ModelEvaluation after) =>
        [.. EvaluationComparison.Of(before, after).Select(change => new EvaluationRow(
            change.Of, change.Before.Name, With(change.Before), With(change.After), With(change.ChangeText, change.IntervalText), change.PText))];

    /// <summary>One evaluation in plain text.</summary>
    public static string Text(ModelEvaluation evaluation) => TextTable.Format(["", "", evaluation.Name, "", "n", "seconds"],
        [.. evaluation.Tasks.SelectMany(task => task.Scores.Select((score, i) => Row(task.Task, score, i, $"{task.Count}", task.Seconds))),
            .. evaluation.Text is { } text ? [Row(text.Text, text.Perplexity, 0, $"{text.Documents}", text.Seconds)] : Array.Empty<IReadOnlyList<string>>()], 1)
        + $"\n{Footnote}";

    /// <summary>Before and after in plain text.</summary>
    /// <exception cref="ArgumentException">The evaluations are of different examples.</exception>
    public static string Text(ModelEvaluation before, ModelEvaluation after)
    {
        var changes = EvaluationComparison.Of(before, after);
        return TextTable.Format(["", "", before.Name, "", after.Name, "", "change", "", "p"], [.. changes.Select((change, i) => (IReadOnlyList<string>)
        [
            i > 0 && changes[i - 1].Of == change.Of ? "" : change.Of, change.Before.Name,
            change.Before.ValueText, Bracketed(change.Before.IntervalText), change.After.ValueText, Bracketed(change.After.IntervalText),
            change.ChangeText, Bracketed(change.IntervalText), change.PText,
        ])], 1) + $"\n{Footnote}\n({Tests})";
    }

    private static IReadOnlyList<string> Row(string of, MetricScore score, int index, string count, double seconds) =>
    [
        index == 0 ? of : "", score.Name, score.ValueText, Bracketed(score.IntervalText), index == 0 ? count : "",
        index == 0 ? seconds.ToString("0.0", CultureInfo.InvariantCulture) : "",
    ];

    private static string With(MetricScore score) => With(score.ValueText, score.IntervalText);

    private static string With(string value, string interval) => interval.Length == 0 ? value : $"{value} ({interval})";

    private static string Bracketed(string interval) => interval.Length == 0 ? "" : $"({interval})";
}
