using System.Globalization;
using PeftLabs.Planning;

namespace PeftLabs.Tests.Planning;

/// <summary>Reads a term's formula as a reader would: sums of counts × products of numbers and symbols, some of them rounded up.</summary>
internal static class FormulaValue
{
    /// <summary>What the formula gives with the term's factors.</summary>
    /// <exception cref="FormatException">It is no such formula, or has a symbol that is no factor.</exception>
    public static long Of(MemoryTerm term)
    {
        var values = term.Factors.ToDictionary(f => f.Symbol, f => f.Value);
        return term.Formula.Split(" + ").Sum(part => part.Split(" × ").Aggregate(1L, (product, factor) => product * Product(factor, values)));
    }

    private static long Product(string text, Dictionary<string, long> values)
    {
        var open = text.IndexOf('⌈', StringComparison.Ordinal);
        if (open < 0)
            return text.Split('·').Aggregate(1L, (product, factor) => product * Factor(factor, values));
        var (before, parts) = (text[..open].TrimEnd('·'), text[(open + 1)..].TrimEnd('⌉').Split('/'));
        var (numerator, divisor) = (Product(parts[0], values), Factor(parts[1], values));
        return (before.Length == 0 ? 1 : Product(before, values)) * ((numerator + divisor - 1) / divisor);
    }

    private static long Factor(string text, Dictionary<string, long> values) =>
        values.TryGetValue(text, out var value) ? value : long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
