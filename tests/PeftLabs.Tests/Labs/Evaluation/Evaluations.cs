using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs.Evaluation;

/// <summary>Evaluations without a model.</summary>
internal static class Evaluations
{
    /// <summary>A task's, of examples with these scores by two metrics, and losses of 4 tokens each.</summary>
    public static TaskEvaluation Task(double nats, params IReadOnlyList<(double Exact, double Share)> scores)
    {
        List<ScoredExample> examples = [.. scores.Select((score, i) =>
            new ScoredExample($"prompt {i}", " yes", " no", [score.Exact, score.Share], new(nats + i, 4)))];
        return new("sums", TaskSplit.HeldOut, 0,
            [MetricScore.OfScores("exact match", [.. scores.Select(s => s.Exact)]), MetricScore.OfScores("digits", [.. scores.Select(s => s.Share)])],
            MetricScore.OfLosses("loss of the expected answer", [.. examples.Select(e => e.Loss)]), examples);
    }

    public static PerplexityEvaluation Text(params IReadOnlyList<TextLoss> parts)
    {
        var loss = MetricScore.OfLosses("loss", parts);
        return new("general text", parts.Count, loss, loss.ToPerplexity("perplexity"), parts) { Bytes = 100 };
    }

    public static ModelEvaluation Before { get; } =
        new("base", [Task(8, (0, 0.25), (0, 0.5), (1, 1), (0, 0), (0, 0.25), (0, 0.5))], Text(new(20, 10), new(10, 5), new(33, 15)));

    public static ModelEvaluation After { get; } =
        new("LoRA", [Task(4, (1, 1), (1, 1), (1, 1), (0, 0.5), (1, 1), (1, 1))], Text(new(22, 10), new(10, 5), new(36, 15)));
}
