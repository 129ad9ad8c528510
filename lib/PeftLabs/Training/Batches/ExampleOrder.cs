using PeftLabs.Models;

namespace PeftLabs.Training;

/// <summary>The order of examples in each epoch: each epoch shuffles the order of the one before, from the seed alone.</summary>
internal sealed class ExampleOrder(int count, ulong seed)
{
    private readonly RandomBits _bits = new(seed, "order");

    /// <summary>The orders of the epochs, without end. Each is valid until the next is asked for.</summary>
    public IEnumerable<int[]> Epochs()
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var draws = 0L; ;)
        {
            draws = Shuffle(order, _bits, draws);
            yield return order;
        }
    }

    /// <summary>Shuffles in place (Fisher-Yates) with the numbers from <paramref name="draws"/> on; gives the next one.</summary>
    public static long Shuffle<T>(T[] items, RandomBits bits, long draws)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = (int)(bits.Unit(draws++) * (i + 1));
            (items[i], items[j]) = (items[j], items[i]);
        }
        return draws;
    }
}
