using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Planning;
using PeftLabs.Planning.Advice;

namespace PeftLabs.Cli.Plan;

/// <summary>The words and numbers of a plan's text.</summary>
internal static class PlanTextParts
{
    private const int MostOfFormula = 36;

    /// <summary>The command that takes such steps.</summary>
    public static string Command(PlanRequest request, TechniqueSet set) =>
        BenchArguments.Of(set, request.Model, request.Advice.Batch / set.Accumulate, request.Advice.Tokens, request.Gpu?.HalfType);

    /// <summary>A number of parameters: 70.6 billion, 135 million.</summary>
    public static string Parameters(long count) => count >= 1_000_000_000
        ? FormattableString.Invariant($"{count / 1e9:0.0} billion") : FormattableString.Invariant($"{count / 1e6:0} million");

    /// <summary>A time with three digits, in seconds, minutes or hours.</summary>
    public static string Time(double seconds) => Math.Abs(seconds) switch
    {
        < 600 => $"{Number(seconds)} s",
        < 36000 => $"{Number(seconds / 60)} min",
        _ => $"{Number(seconds / 3600)} h",
    };

    /// <summary>A difference of times, with its sign.</summary>
    public static string Added(double seconds) => (seconds >= 0 ? "+" : "") + Time(seconds);

    /// <summary>A number with three digits.</summary>
    public static string Number(double number) => number.ToString(Math.Abs(number) switch
    {
        >= 99.95 => "0",
        >= 9.995 => "0.0",
        >= 0.9995 => "0.00",
        _ => "0.000",
    }, CultureInfo.InvariantCulture);

    /// <summary>A term with its formula, as far as that is short.</summary>
    public static string Term(MemoryTerm term)
    {
        var formula = term.Formula.Length <= MostOfFormula ? term.Formula : term.Formula[..(MostOfFormula - 1)].TrimEnd() + "…";
        return $"{term.Name}, {formula} = {ByteSize.Format(term.Bytes)}";
    }
}
