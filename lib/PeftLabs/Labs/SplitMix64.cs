namespace PeftLabs.Labs;

/// <summary>
/// A small generator of random numbers, the same on every platform and in every version of .NET: SplitMix64 (Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", 2014).
/// </summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Independent streams of one seed: the index is mixed in before the first number is drawn.</summary>
    public static SplitMix64 Stream(ulong seed, ulong index) => new(Mix(seed) ^ Mix(index + 0x9E3779B97F4A7C15));

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>A number from 0 to below <paramref name="count"/>.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>A number from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public int From(int first, int last) => first + Below(last - first + 1);

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Some items, each at most once, in random order.</summary>
    public List<T> Sample<T>(IReadOnlyList<T> items, int count)
    {
        var rest = items.ToList();
        var chosen = new List<T>(count);
        while (chosen.Count < count)
        {
            var index = Below(rest.Count);
            chosen.Add(rest[index]);
            rest.RemoveAt(index);
        }
        return chosen;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
