using System.Globalization;

namespace PeftLabs.Labs;

/// <summary>A figure of an evaluation with its 95 % confidence interval.</summary>
/// <param name="Name">What it is, such as "exact match".</param>
/// <param name="Mean">The figure: over all examples, or over all tokens.</param>
/// <param name="Low">The interval's lower end; not a number where there is too little to know.</param>
/// <param name="High">Its upper end.</param>
public sealed record MetricScore(string Name, double Mean, double Low, double High)
{
    /// <summary>What it measures.</summary>
    public MetricKind Kind { get; init; }

    /// <summary>
    /// The mean of scores. Where each is 0 or 1 the interval is Wilson's (<see cref="Proportions.Wilson"/>), otherwise it is by
    /// <see cref="Bootstrap"/> over the examples.
    /// </summary>
    /// <exception cref="ArgumentException">There is no score.</exception>
    public static MetricScore OfScores(string name, IReadOnlyList<double> scores, ulong seed = 0)
    {
        if (scores.Count == 0)
            throw new ArgumentException($"There is no score of {name}; there must be one at least.", nameof(scores));
        var (low, high) = AreCounts(scores)
            ? Proportions.Wilson(scores.Count(score => score == 1), scores.Count)
            : Bootstrap.Interval(scores.Count, seed, drawn => drawn.Average(place => scores[place]));
        return new(name, scores.Average(), low, high);
    }

    /// <summary>The mean loss over all tokens of texts; its interval is by <see cref="Bootstrap"/> over the texts.</summary>
    /// <exception cref="ArgumentException">There is no token.</exception>
    public static MetricScore OfLosses(string name, IReadOnlyList<TextLoss> texts, ulong seed = 0)
    {
        var (nats, tokens) = TextLoss.Sums(texts);
        if (tokens.Sum() == 0)
            throw new ArgumentException($"There is no token for {name}; there must be one at least.", nameof(texts));
        var (low, high) = Bootstrap.Interval(texts.Count, seed, drawn => Bootstrap.Ratio(nats, tokens, drawn));
        return new(name, nats.Sum() / tokens.Sum(), low, high) { Kind = MetricKind.Loss };
    }

    /// <summary>The exponential of a loss: the interval's ends follow it.</summary>
    internal MetricScore ToPerplexity(string name) => new(name, Math.Exp(Mean), Math.Exp(Low), Math.Exp(High)) { Kind = MetricKind.Perplexity };

    /// <summary>The figure as tables show it: "87.5 %", "1.234".</summary>
    public string ValueText => Show(Mean);

    /// <summary>The interval as tables show it: "82.2 to 91.4 %"; empty where there is none.</summary>
    public string IntervalText => double.IsNaN(Low) ? "" : $"{Show(Low).Replace(" %", "", StringComparison.Ordinal)} to {Show(High)}";

    /// <summary>What records call it, with its unit and its value there: scores are percentages.</summary>
    internal (string Name, string Unit, double Value) ToFigure(string of) => ($"{of}: {Name}", Kind switch
    {
        MetricKind.Score => "%",
        MetricKind.Loss => "nats a token",
        _ => "",
    }, InRecords(Mean) ?? Mean);

    /// <summary>A value of it as records have it; null for what is not a number.</summary>
    internal double? InRecords(double value) => double.IsNaN(value) ? null : Kind == MetricKind.Score ? 100 * value : value;

    /// <summary>Whether each of some scores is 0 or 1, so that they can be counted.</summary>
    internal static bool AreCounts(IEnumerable<double> scores) => scores.All(score => score is 0 or 1);

    private string Show(double value) => Show(Kind, value, "");

    internal static string Show(MetricKind kind, double value, string plus)
    {
        var format = kind == MetricKind.Score ? "0.0" : Math.Abs(value) < 99.95 ? "0.000" : "0.0";
        var text = (kind == MetricKind.Score ? 100 * value : value).ToString($"{plus}{format};−{format};{format}", CultureInfo.InvariantCulture);
        return kind == MetricKind.Score ? $"{text} %" : text;
    }
}
