namespace PeftLabs.Planning;

/// <summary>A number of a plan under the letter that formulas have for it.</summary>
internal sealed class PlanSymbol(string letter, long value, string meaning)
{
    // Formulas name tokens first, then what there is of each.
    private const string Order = "aNBTℓuncmGtspPHKVhqkwgfrρdϑe";

    public TermFactor Factor { get; } = new(letter, value, meaning);

    public long Value => Factor.Value;

    /// <summary>Its place among the factors of a product.</summary>
    public int Place { get; } = Order.IndexOf(letter, StringComparison.Ordinal);

    public static PlanSize operator *(long coefficient, PlanSymbol symbol) => new(coefficient, symbol);

    public static PlanSize operator *(PlanSymbol a, PlanSymbol b) => new(1, a, b);
}
