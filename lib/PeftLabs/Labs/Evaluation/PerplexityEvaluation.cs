namespace PeftLabs.Labs;

/// <summary>How surprising texts are to a model.</summary>
/// <param name="Text">What the texts are called.</param>
/// <param name="Documents">How many there are.</param>
/// <param name="Loss">The mean loss of their tokens, in nats a token.</param>
/// <param name="Perplexity">The exponential of that (Jelinek et al., 1977).</param>
/// <param name="Parts">What intervals are drawn from: the documents; of a single document its windows.</param>
public sealed record PerplexityEvaluation(
    string Text, int Documents, MetricScore Loss, MetricScore Perplexity, IReadOnlyList<TextLoss> Parts)
{
    /// <summary>Tokens that were predicted.</summary>
    public long Tokens => Parts.Sum(part => part.Tokens);

    /// <summary>Bytes of the texts in UTF-8.</summary>
    public long Bytes { get; init; }

    /// <summary>The loss in bits for each byte of text: unlike perplexity, it can be compared across tokenizers.</summary>
    public double BitsPerByte => Parts.Sum(part => part.Nats) / Math.Log(2) / Bytes;

    /// <summary>Seconds that it took.</summary>
    public double Seconds { get; init; }
}
