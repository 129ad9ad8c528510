using System.Globalization;

namespace PeftLabs.Labs;

/// <summary>A figure before and after, on the same examples.</summary>
/// <param name="Of">The task or text that it is of.</param>
/// <param name="Before">Before.</param>
/// <param name="After">After.</param>
/// <param name="Low">The lower end of the 95 % interval of the change.</param>
/// <param name="High">Its upper end.</param>
/// <param name="PValue">How likely a change at least as large is where there is none in truth, two-sided; not a number where there is too little to know.</param>
/// <param name="Test">The test that this is by.</param>
public sealed record MetricChange(string Of, MetricScore Before, MetricScore After, double Low, double High, double PValue, PairedTest Test)
{
    /// <summary>What it measures.</summary>
    public MetricKind Kind => Before.Kind;

    /// <summary>After − before.</summary>
    public double Change => After.Mean - Before.Mean;

    /// <summary>The change as tables show it: "+87.5 %", "−1.234".</summary>
    public string ChangeText => MetricScore.Show(Kind, Change, "+");

    /// <summary>The interval of the change as tables show it; empty where there is none.</summary>
    public string IntervalText => double.IsNaN(Low)
        ? "" : $"{MetricScore.Show(Kind, Low, "+").Replace(" %", "", StringComparison.Ordinal)} to {MetricScore.Show(Kind, High, "+")}";

    /// <summary>The p-value as tables show it: "0.031", "&lt; 0.001"; empty where there is none.</summary>
    public string PText => double.IsNaN(PValue) ? "" : PValue < 0.001 ? "< 0.001" : PValue.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>What a run's record holds of it; scores are percentages there.</summary>
    public RunEvaluation ToRunEvaluation()
    {
        var ((name, unit, before), (_, _, after)) = (Before.ToFigure(Of), After.ToFigure(Of));
        return new(name, unit, before, after)
        {
            BeforeLow = Before.InRecords(Before.Low),
            BeforeHigh = Before.InRecords(Before.High),
            AfterLow = After.InRecords(After.Low),
            AfterHigh = After.InRecords(After.High),
            PValue = double.IsNaN(PValue) ? null : PValue,
        };
    }
}
