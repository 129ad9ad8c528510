namespace PeftLabs.Labs;

/// <summary>A figure of the model before and after a run, on what it was not trained on.</summary>
/// <param name="Name">What it is, such as "held-out loss".</param>
/// <param name="Unit">Its unit, such as "nats a token"; empty for none.</param>
/// <param name="Before">Before the first step.</param>
/// <param name="After">After the last.</param>
public sealed record RunEvaluation(string Name, string Unit, double Before, double After)
{
    /// <summary>The lower end of the 95 % confidence interval of <see cref="Before"/>; null where it was not taken.</summary>
    public double? BeforeLow { get; init; }

    /// <summary>Its upper end.</summary>
    public double? BeforeHigh { get; init; }

    /// <summary>The lower end of the 95 % confidence interval of <see cref="After"/>; null where it was not taken.</summary>
    public double? AfterLow { get; init; }

    /// <summary>Its upper end.</summary>
    public double? AfterHigh { get; init; }

    /// <summary>The p-value of the change on the same examples; null where it was not tested.</summary>
    public double? PValue { get; init; }
}
