using System.Globalization;
using PeftLabs.Memory;

namespace PeftLabs.Labs;

/// <summary>How far an evaluation is.</summary>
/// <param name="What">What is done, such as "text-to-sql, answers".</param>
/// <param name="Done">How much of it is done.</param>
/// <param name="Total">How much there is.</param>
/// <param name="Unit">Of what, such as "tokens".</param>
/// <param name="Seconds">Since it began.</param>
public sealed record EvaluationProgress(string What, long Done, long Total, string Unit, double Seconds)
{
    /// <summary>The rate a second; 0 before any time has passed.</summary>
    public double Rate => Seconds > 0 ? Done / Seconds : 0;

    /// <summary>"text-to-sql, answers: 120 of 200 examples, 35 examples/s, 2 s left".</summary>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{What}: {Done:N0} of {Total:N0} {Unit}");
        if (Rate > 0)
            text += string.Create(CultureInfo.InvariantCulture, $", {Rate.ToString(Rate < 9.95 ? "0.0" : "N0", CultureInfo.InvariantCulture)} {Unit}/s");
        return Rate > 0 && Done < Total ? $"{text}, {TimeText.Format(TimeSpan.FromSeconds((Total - Done) / Rate))} left" : text;
    }
}
