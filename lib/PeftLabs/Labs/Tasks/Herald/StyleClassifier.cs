namespace PeftLabs.Labs;

/// <summary>
/// Tells a style from plain text: logistic regression over the letters' trigrams, counted in hashed buckets and scaled to length 1. It is
/// trained by plain gradient steps from zero in a fixed order, so that the same texts give the same classifier.
/// </summary>
internal sealed class StyleClassifier
{
    private const int Buckets = 4096, Letters = 3, Epochs = 10;
    private const double LearningRate = 4;

    private readonly double[] _weights = new double[Buckets];
    private double _bias;

    /// <summary>Trains on texts and whether each is in the style.</summary>
    public StyleClassifier(IReadOnlyList<(string Text, bool Styled)> texts)
    {
        var counted = texts.Select(text => (Counts: Counts(text.Text), Target: text.Styled ? 1.0 : 0.0)).ToList();
        for (var epoch = 0; epoch < Epochs; epoch++)
            foreach (var (counts, target) in counted)
                Step(counts, target);
    }

    /// <summary>How sure it is that a text is in the style, from 0 to 1.</summary>
    public double Probability(string text) => Probability(Counts(text));

    private void Step(Dictionary<int, double> counts, double target)
    {
        var change = LearningRate * (target - Probability(counts));
        _bias += change;
        foreach (var (bucket, count) in counts)
            _weights[bucket] += change * count;
    }

    private double Probability(Dictionary<int, double> counts) =>
        1 / (1 + Math.Exp(-_bias - counts.Sum(pair => _weights[pair.Key] * pair.Value)));

    private static Dictionary<int, double> Counts(string text)
    {
        var spaced = $" {string.Join(' ', ContentWords.All(text))} ";
        Dictionary<int, double> counts = [];
        for (var i = 0; i + Letters <= spaced.Length; i++)
        {
            var bucket = (int)(PromptHash.Of(spaced.AsSpan(i, Letters)) % Buckets);
            counts[bucket] = counts.GetValueOrDefault(bucket) + 1;
        }
        var length = Math.Sqrt(counts.Values.Sum(count => count * count));
        return counts.ToDictionary(pair => pair.Key, pair => pair.Value / length);
    }
}
