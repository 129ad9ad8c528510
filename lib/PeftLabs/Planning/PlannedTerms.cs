using System.Collections;

namespace PeftLabs.Planning;

/// <summary>What is alive at some moment of a walk. Formulas are written when the terms are first asked for.</summary>
internal sealed class PlannedTerms(IReadOnlyList<(WalkKind Kind, long Count)> alive) : IReadOnlyList<MemoryTerm>
{
    private MemoryTerm[]? _terms;

    /// <summary>The bytes of all terms.</summary>
    public long Bytes { get; } = alive.Sum(a => a.Count * a.Kind.Bytes);

    public int Count => Terms.Length;

    public MemoryTerm this[int index] => Terms[index];

    private MemoryTerm[] Terms => _terms ??= [.. alive.GroupBy(a => (a.Kind.Term.Name, a.Kind.Term.Category)).Select(g => Term([.. g]))];

    public IEnumerator<MemoryTerm> GetEnumerator() => ((IEnumerable<MemoryTerm>)Terms).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static MemoryTerm Term((WalkKind Kind, long Count)[] parts)
    {
        var factors = new Dictionary<string, TermFactor>();
        foreach (var symbol in parts.SelectMany(p => p.Kind.Size.Symbols))
            factors.TryAdd(symbol.Factor.Symbol, symbol.Factor);
        var values = factors.Values.ToDictionary(f => f.Symbol, f => f.Value);
        var products = parts.GroupBy(p => p.Kind.Size.Write(values)).Select(g => Times(g.Sum(p => p.Count), g.Key));
        var term = parts[0].Kind.Term;
        return new(term.Name, string.Join(" + ", products), term.Category, parts.Sum(p => p.Count * p.Kind.Bytes))
        {
            Factors = [.. factors.Values],
            Source = term.Source,
        };
    }

    private static string Times(long count, string product) =>
        count == 1 ? product : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count} × {product}");
}
