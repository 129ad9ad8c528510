using System.Globalization;

namespace PeftLabs.Planning;

/// <summary>A size as a product of symbols, coefficient·⌈product / divisor⌉. Equal ones have the same symbols in the same order.</summary>
internal readonly record struct PlanSize(
    long Coefficient, PlanSymbol? First = null, PlanSymbol? Second = null, PlanSymbol? Third = null, PlanSymbol? Fourth = null, long Divisor = 1)
{
    public long Value => Coefficient * ((Of(First) * Of(Second) * Of(Third) * Of(Fourth) + Divisor - 1) / Divisor);

    /// <summary>Half as many bytes a number.</summary>
    public PlanSize Halved => this with { Coefficient = Coefficient / 2 };

    public static implicit operator PlanSize(long number) => new(number);

    public static PlanSize operator *(long coefficient, PlanSize size) => size with { Coefficient = coefficient * size.Coefficient };

    public static PlanSize operator *(PlanSize size, PlanSymbol symbol) =>
        size.First is null ? size with { First = symbol }
        : size.Second is null ? size with { Second = symbol }
        : size.Third is null ? size with { Third = symbol }
        : size.Fourth is null ? size with { Fourth = symbol }
        : throw new InvalidOperationException("A size is the product of four symbols at most.");

    /// <summary>⌈symbols / divisor⌉.</summary>
    public PlanSize Over(long divisor) => this with { Divisor = divisor };

    /// <summary>The symbols, in the order in which formulas write them.</summary>
    public IEnumerable<PlanSymbol> Symbols => new[] { First, Second, Third, Fourth }.OfType<PlanSymbol>().OrderBy(s => s.Place);

    /// <summary>As a formula; a symbol that <paramref name="known"/> has with another value stands as its number.</summary>
    public string Write(IReadOnlyDictionary<string, long> known)
    {
        var product = string.Join('·', Symbols.Select(s =>
            known.TryGetValue(s.Factor.Symbol, out var value) && value == s.Value ? s.Factor.Symbol : Number(s.Value)));
        if (product.Length == 0)
            return Number(Coefficient);
        if (Divisor > 1)
            product = $"⌈{product}/{Number(Divisor)}⌉";
        return Coefficient == 1 ? product : $"{Number(Coefficient)}·{product}";
    }

    private static long Of(PlanSymbol? symbol) => symbol?.Value ?? 1;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
