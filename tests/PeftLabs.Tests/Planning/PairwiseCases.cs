using PeftLabs.Models;

namespace PeftLabs.Tests.Planning;

/// <summary>
/// Combinations of dimensions' values in which every two values that may stand together do so at least once. Each begins with a pair not
/// seen before and takes, dimension after dimension, the value that shows the most such pairs with those already taken.
/// </summary>
internal sealed class PairwiseCases
{
    private readonly IReadOnlyList<(string Name, string[] Values)> _dimensions;
    private readonly Func<(int Dimension, int Value), (int Dimension, int Value), bool> _mayMeet;
    private readonly HashSet<((int, int), (int, int))> _missing = [];
    private readonly RandomBits _bits;
    private long _next;

    /// <param name="dimensions">The dimensions.</param>
    /// <param name="mayMeet">Whether two values of different dimensions may stand together.</param>
    /// <param name="seed">The same seed gives the same combinations.</param>
    public PairwiseCases(IReadOnlyList<(string Name, string[] Values)> dimensions,
        Func<(int Dimension, int Value), (int Dimension, int Value), bool> mayMeet, ulong seed)
    {
        (_dimensions, _mayMeet, _bits) = (dimensions, mayMeet, new(seed, "pairwise"));
        var values = dimensions.Index().SelectMany(d => d.Item.Values.Select((_, value) => (d.Index, value))).ToList();
        foreach (var a in values)
            _missing.UnionWith(values.Where(b => a.Index < b.Index && mayMeet(a, b)).Select(b => (a, b)));
    }

    /// <summary>Pairs that may stand together and do not yet.</summary>
    public int Missing => _missing.Count;

    /// <summary>So many combinations more, each the index of a value a dimension.</summary>
    public IReadOnlyList<int[]> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    private int[] Next()
    {
        var taken = new List<(int Dimension, int Value)>();
        if (_missing.Count > 0)
        {
            var (a, b) = _missing.ElementAt(Below(_missing.Count));
            taken.AddRange([a, b]);
        }
        foreach (var dimension in Enumerable.Range(0, _dimensions.Count).Except(taken.Select(t => t.Dimension)).OrderBy(_ => Below(int.MaxValue)).ToList())
            taken.Add((dimension, Best(dimension, taken)));
        foreach (var a in taken)
            foreach (var b in taken)
                _missing.Remove((a, b));
        return [.. taken.OrderBy(t => t.Dimension).Select(t => t.Value)];
    }

    private int Best(int dimension, List<(int Dimension, int Value)> taken) => Enumerable.Range(0, _dimensions[dimension].Values.Length)
        .Where(value => taken.All(t => _mayMeet(t, (dimension, value))))
        .OrderByDescending(value => taken.Count(t => _missing.Contains((t, (dimension, value))) || _missing.Contains(((dimension, value), t))))
        .ThenBy(_ => Below(int.MaxValue)).First();

    private int Below(int count) => (int)(_bits.Unit(_next++) * count);
}
