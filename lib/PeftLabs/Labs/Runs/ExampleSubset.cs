using System.Collections;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Some examples of a list, which stay where they are.</summary>
internal sealed class ExampleSubset(IReadOnlyList<TokenizedExample> all, ReadOnlyMemory<int> indices) : IReadOnlyList<TokenizedExample>
{
    public int Count => indices.Length;

    public TokenizedExample this[int index] => all[indices.Span[index]];

    /// <summary>The first examples of a list, or all where it has fewer.</summary>
    public static IReadOnlyList<TokenizedExample> First(IReadOnlyList<TokenizedExample> all, int count) =>
        count >= all.Count ? all : new ExampleSubset(all, Enumerable.Range(0, count).ToArray());

    /// <summary>Two parts of a list: what is left, and a share of it that a seed draws, at least one example; both in the list's order.</summary>
    /// <exception cref="ArgumentException">The share leaves no example to train on.</exception>
    public static (IReadOnlyList<TokenizedExample> Left, IReadOnlyList<TokenizedExample> Drawn) Split(
        IReadOnlyList<TokenizedExample> all, double share, ulong seed)
    {
        if (share == 0)
            return (all, []);
        var drawn = Math.Max(1, (int)Math.Round(share * all.Count));
        if (drawn >= all.Count)
            throw new ArgumentException($"A share of {share} of {all.Count} examples is {drawn}: it leaves none to train on.");
        var order = Enumerable.Range(0, all.Count).ToArray();
        ExampleOrder.Shuffle(order, new RandomBits(seed, "validation"), 0);
        Array.Sort(order, 0, drawn);
        Array.Sort(order, drawn, order.Length - drawn);
        return (new ExampleSubset(all, order.AsMemory(drawn)), new ExampleSubset(all, order.AsMemory(0, drawn)));
    }

    public IEnumerator<TokenizedExample> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
