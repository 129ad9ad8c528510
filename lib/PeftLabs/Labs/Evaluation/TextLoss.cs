namespace PeftLabs.Labs;

/// <summary>What a text costs a model that predicts it token by token.</summary>
/// <param name="Nats">The cross entropy of its tokens, summed.</param>
/// <param name="Tokens">How many tokens were predicted.</param>
public sealed record TextLoss(double Nats, long Tokens)
{
    internal static (double[] Nats, double[] Tokens) Sums(IReadOnlyList<TextLoss> texts) =>
        ([.. texts.Select(text => text.Nats)], [.. texts.Select(text => (double)text.Tokens)]);
}
