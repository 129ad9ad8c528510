using System.Globalization;
using PeftLabs.Planning.Advice;

namespace PeftLabs.Cli.Plan;

/// <summary>The words and numbers of a plan's text.</summary>
internal static class PlanTextParts
{
    /// <summary>The command that takes such steps.</summary>
    public static string Command(PlanRequest request, TechniqueSet set) =>
        BenchArguments.Of(set, request.Model, request.Advice.Batch / set.Accumulate, request.Advice.Tokens, request.Gpu?.HalfType);

    /// <summary>A number of parameters: 70.6 billion, 135 million.</summary>
    public static string Parameters(long count) => count >= 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.0} billion") : string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0} million");

    /// <summary>Seconds with three digits.</summary>
    public static string Seconds(double seconds) => seconds.ToString(Math.Abs(seconds) switch
    {
        >= 99.95 => "0",
        >= 9.995 => "0.0",
        >= 0.9995 => "0.00",
        _ => "0.000",
    }, CultureInfo.InvariantCulture);

    /// <summary>A difference of seconds, with its sign.</summary>
    public static string Added(double seconds) => (seconds >= 0 ? "+" : "") + Seconds(seconds);
}
