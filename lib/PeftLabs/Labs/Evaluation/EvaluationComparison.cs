namespace PeftLabs.Labs;

/// <summary>
/// Compares two evaluations of the same examples, figure by figure. Where each answer is right or wrong, the change's interval is
/// <see cref="Proportions.Change"/> and its test <see cref="Proportions.McNemar"/>; elsewhere both are by <see cref="Bootstrap"/> over pairs:
/// examples, or documents.
/// </summary>
public static class EvaluationComparison
{
    /// <summary>The changes of every figure that both evaluations have.</summary>
    /// <exception cref="ArgumentException">The evaluations are of different examples of a task, or of different tokens of a text.</exception>
    public static IReadOnlyList<MetricChange> Of(ModelEvaluation before, ModelEvaluation after)
    {
        var changes = before.Tasks.Join(after.Tasks, task => task.Task, task => task.Task, Of).SelectMany(changes => changes);
        return before.Text is { } text && after.Text is { } other && text.Text == other.Text ? [.. changes, Of(text, other)] : [.. changes];
    }

    /// <summary>The changes of a task's metrics, and of the loss of its expected answers.</summary>
    /// <exception cref="ArgumentException">The evaluations are of different examples.</exception>
    public static IReadOnlyList<MetricChange> Of(TaskEvaluation before, TaskEvaluation after)
    {
        if (!before.Examples.Select(Given).SequenceEqual(after.Examples.Select(Given)))
            throw new ArgumentException($"The evaluations of {before.Task} are of different examples ({before.Count} with the seed {before.Seed}, "
                + $"{after.Count} with the seed {after.Seed}) or tokenizers; they can be compared example by example only where those are the same.", nameof(after));
        return [.. before.Metrics.Select((metric, i) => Scores(before, after, i)),
            Losses(before.Task, before.Loss, after.Loss, before.Examples.Select(e => e.Loss), after.Examples.Select(e => e.Loss), before.Seed)];
    }

    /// <summary>The change of the perplexity of a text.</summary>
    /// <exception cref="ArgumentException">The evaluations are of different documents, or of different tokens of them.</exception>
    public static MetricChange Of(PerplexityEvaluation before, PerplexityEvaluation after)
    {
        if (!before.Parts.Select(part => part.Tokens).SequenceEqual(after.Parts.Select(part => part.Tokens)))
            throw new ArgumentException($"The perplexities of {before.Text} are over {before.Tokens} tokens of {before.Documents} documents and "
                + $"{after.Tokens} tokens of {after.Documents}; they can be compared only over the same tokens.", nameof(after));
        return Losses(before.Text, before.Perplexity, after.Perplexity, before.Parts, after.Parts, seed: 0);
    }

    private static (string, string, long) Given(ScoredExample example) => (example.Prompt, example.Expected, example.Loss.Tokens);

    private static MetricChange Scores(TaskEvaluation before, TaskEvaluation after, int metric)
    {
        double[] first = [.. before.Examples.Select(e => e.Scores[metric])], then = [.. after.Examples.Select(e => e.Scores[metric])];
        var (was, now) = (before.Metrics[metric], after.Metrics[metric]);
        if (MetricScore.AreCounts(first) && MetricScore.AreCounts(then))
        {
            int Count(double one, double other) => first.Zip(then).Count(pair => pair == (one, other));
            var (low, high) = Proportions.Change(Count(1, 1), Count(1, 0), Count(0, 1), Count(0, 0));
            return new(before.Task, was, now, low, high, Proportions.McNemar(Count(1, 0), Count(0, 1)), PairedTest.McNemar);
        }
        double[] changes = [.. then.Zip(first, (a, b) => a - b)], ones = [.. changes.Select(_ => 1.0)];
        return Drawn(before.Task, was, now, changes, ones, drawn => Bootstrap.Ratio(changes, ones, drawn), before.Seed);
    }

    private static MetricChange Losses(
        string of, MetricScore was, MetricScore now, IEnumerable<TextLoss> before, IEnumerable<TextLoss> after, ulong seed)
    {
        var ((first, tokens), (then, _)) = (TextLoss.Sums([.. before]), TextLoss.Sums([.. after]));
        double[] changes = [.. then.Zip(first, (a, b) => a - b)];
        return Drawn(of, was, now, changes, tokens, drawn => was.Kind == MetricKind.Loss
            ? Bootstrap.Ratio(changes, tokens, drawn)
            : Math.Exp(Bootstrap.Ratio(then, tokens, drawn)) - Math.Exp(Bootstrap.Ratio(first, tokens, drawn)), seed);
    }

    private static MetricChange Drawn(
        string of, MetricScore was, MetricScore now, double[] changes, double[] weights, Func<int[], double> change, ulong seed)
    {
        var (low, high) = Bootstrap.Interval(changes.Length, seed, change);
        return new(of, was, now, low, high, Bootstrap.PValue(changes, weights, seed), PairedTest.Bootstrap);
    }
}
