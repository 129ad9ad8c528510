using PeftLabs.Models;

namespace PeftLabs.Tests.Planning;

/// <summary>
/// Combinations of a few dimensions' values in which every pair of values that may stand together does so at least once: each case is the
/// one of some random candidates that shows the most pairs not seen before.
/// </summary>
internal sealed class PairwiseCases(IReadOnlyList<(string Name, string[] Values)> dimensions, Func<int[], bool> isValid)
{
    private const int Candidates = 24;

    private readonly HashSet<(int, int, int, int)> _seen = [];

    /// <summary>So many combinations, each the index of a value a dimension; the same for the same seed.</summary>
    public IReadOnlyList<int[]> Take(int count, ulong seed)
    {
        var bits = new RandomBits(seed, "pairwise");
        var next = 0L;
        var cases = new List<int[]>();
        while (cases.Count < count)
        {
            var best = Enumerable.Range(0, Candidates).Select(_ => Draw(bits, ref next)).MaxBy(c => Pairs(c).Count(p => !_seen.Contains(p)))!;
            _seen.UnionWith(Pairs(best));
            cases.Add(best);
        }
        return cases;
    }

    /// <summary>The pairs of values that stand together in a combination.</summary>
    public static IEnumerable<(int, int, int, int)> Pairs(int[] values) =>
        from i in Enumerable.Range(0, values.Length)
        from j in Enumerable.Range(i + 1, values.Length - i - 1)
        select (i, values[i], j, values[j]);

    private int[] Draw(RandomBits bits, ref long next)
    {
        while (true)
        {
            var values = new int[dimensions.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = (int)(bits.Unit(next++) * dimensions[i].Values.Length);
            if (isValid(values))
                return values;
        }
    }
}
