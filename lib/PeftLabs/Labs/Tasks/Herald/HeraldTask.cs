namespace PeftLabs.Labs;

/// <summary>Two plain sentences, to be said as a town herald calls them out: the style is to change and the content to stay.</summary>
internal sealed class HeraldTask : GeneratedTask
{
    private const string Plain = "Plain: ", Herald = "\nHerald:";
    private const int TrainedOn = 500;

    // A right answer is about as long as the reference; one that goes on and on is none.
    private const double LengthAtMost = 1.5;

    private readonly Lazy<StyleClassifier> _classifier;

    /// <summary>The task; its classifier is trained when the first answer is scored.</summary>
    public HeraldTask() => _classifier = new(() => new([.. Examples(TaskSplit.Train).Take(TrainedOn).SelectMany(Labelled)]));

    /// <inheritdoc/>
    public override string Name => "writing-style";

    /// <inheritdoc/>
    public override string Description => "Two plain sentences, said again as a town herald calls them out.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Metrics { get; } = ["style", "content kept", "classifier"];

    /// <inheritdoc/>
    public override int MaxNewTokens => 64;

    /// <inheritdoc/>
    protected override InstructionExample Draw(SplitMix64 random)
    {
        var (plain, styled) = HeraldWriter.Draw(random);
        return new($"{Plain}{plain}{Herald}", $" {styled}");
    }

    /// <summary>
    /// 1 where the classifier says that the answer is in the style, all content words are kept, and it is not over half as long again as
    /// the reference; the share of the content words that are kept; the classifier's probability.
    /// </summary>
    /// <param name="example">The example.</param>
    /// <param name="answer">What the model wrote.</param>
    public override IReadOnlyList<double> Score(InstructionExample example, string answer)
    {
        var (content, words) = (ContentWords.Of(example.Completion), ContentWords.All(answer).ToList());
        var kept = content.Count(words.Contains) / (double)content.Count;
        var probability = words.Count == 0 ? 0 : _classifier.Value.Probability(answer);
        var brief = words.Count <= LengthAtMost * ContentWords.All(example.Completion).Count();
        return [probability > 0.5 && kept == 1 && brief ? 1 : 0, kept, probability];
    }

    // The call alone makes no style: with it before plain words it is still plain, and styled words are styled without it.
    private static IEnumerable<(string Text, bool Styled)> Labelled(InstructionExample example)
    {
        var (plain, styled) = (example.Prompt[Plain.Length..^Herald.Length], example.Completion.Trim());
        return [(plain, false), (styled, true), ($"{HeraldWords.Call} {plain}", false), (styled[HeraldWords.Call.Length..], true)];
    }
}
