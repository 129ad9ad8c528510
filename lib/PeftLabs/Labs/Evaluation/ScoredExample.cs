namespace PeftLabs.Labs;

/// <summary>An example of a task, and how a model did on it.</summary>
/// <param name="Prompt">What the model was given.</param>
/// <param name="Expected">The completion that the example has.</param>
/// <param name="Answer">What the model wrote, without the text that ends it.</param>
/// <param name="Scores">How good that is, by each of the task's metrics.</param>
/// <param name="Loss">What the expected completion costs the model, the token that ends it among its tokens.</param>
public sealed record ScoredExample(string Prompt, string Expected, string Answer, IReadOnlyList<double> Scores, TextLoss Loss)
{
    /// <summary>Whether the answer is right by the metric that the task is judged by.</summary>
    public bool IsRight => Scores[0] >= 1;

    /// <summary>Whether the answer was cut at the task's most tokens, or at the model's last position.</summary>
    public bool IsCut { get; init; }
}
