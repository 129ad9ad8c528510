namespace PeftLabs.Labs;

/// <summary>How a model did on a task.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Split">The split.</param>
/// <param name="Seed">Which examples of it.</param>
/// <param name="Metrics">The task's metrics in its order, each with its interval.</param>
/// <param name="Loss">The mean loss of the expected completions, in nats a token.</param>
/// <param name="Examples">The examples in the task's order.</param>
public sealed record TaskEvaluation(
    string Task, TaskSplit Split, ulong Seed, IReadOnlyList<MetricScore> Metrics, MetricScore Loss, IReadOnlyList<ScoredExample> Examples)
{
    /// <summary>How many examples there are.</summary>
    public int Count => Examples.Count;

    /// <summary>Answers that were cut at the task's most tokens, or at the model's last position.</summary>
    public int Cut => Examples.Count(example => example.IsCut);

    /// <summary>Tokens of all answers.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Seconds that losses and answers took.</summary>
    public double Seconds { get; init; }

    /// <summary>Every figure: the metrics, and the loss.</summary>
    public IEnumerable<MetricScore> Scores => Metrics.Append(Loss);

    /// <summary>Examples that the model got wrong, in the task's order.</summary>
    public IEnumerable<ScoredExample> Failures => Examples.Where(example => !example.IsRight);
}
