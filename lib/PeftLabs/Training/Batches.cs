using PeftLabs.Models;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>Makes batches of examples.</summary>
public static class Batches
{
    /// <summary>
    /// Examples in an order that the seed gives, again and again in new orders without end; each batch is padded on the right to its
    /// longest example, and prompts and padding carry no label.
    /// </summary>
    /// <exception cref="ArgumentException">There is no example, or a size below 1.</exception>
    public static IEnumerable<TrainingBatch> Shuffled(
        IReadOnlyList<TokenizedExample> examples, int batchSize, ulong seed, int padId = 0, Device? device = null)
    {
        if (examples.Count == 0 || batchSize < 1)
            throw new ArgumentException($"There are {examples.Count} examples and a batch of {batchSize}; both must be at least 1.");
        return Endless(examples, batchSize, seed, padId, device);
    }

    /// <summary>One batch of some examples, padded on the right to the longest.</summary>
    public static TrainingBatch Collate(IReadOnlyList<TokenizedExample> examples, int padId = 0, Device? device = null)
    {
        var length = examples.Max(e => e.Ids.Count);
        var (ids, labels) = (new long[examples.Count * length], new long[examples.Count * length]);
        Array.Fill(ids, padId);
        Array.Fill(labels, TrainingBatch.Ignored);
        foreach (var (row, example) in examples.Index())
        {
            for (var i = 0; i < example.Ids.Count; i++)
            {
                ids[row * length + i] = example.Ids[i];
                if (i >= example.PromptTokens)
                    labels[row * length + i] = example.Ids[i];
            }
        }
        return new TrainingBatch(tensor(ids, examples.Count, length, device: device), tensor(labels, examples.Count, length, device: device));
    }

    /// <summary>A long run of tokens cut into examples of <paramref name="tokens"/> each; a rest too short is left out.</summary>
    public static IReadOnlyList<TokenizedExample> Cut(IReadOnlyList<int> ids, int tokens) =>
        [.. Enumerable.Range(0, ids.Count / tokens).Select(i => new TokenizedExample([.. ids.Skip(i * tokens).Take(tokens)]))];

    private static IEnumerable<TrainingBatch> Endless(IReadOnlyList<TokenizedExample> examples, int batchSize, ulong seed, int padId, Device? device)
    {
        var order = Enumerable.Range(0, examples.Count).ToArray();
        var (next, draws, bits) = (order.Length, 0L, new RandomBits(seed, "order"));
        while (true)
        {
            List<TokenizedExample> chosen = [];
            while (chosen.Count < batchSize)
            {
                if (next == order.Length)
                    (next, draws) = (0, Shuffle(order, bits, draws));
                chosen.Add(examples[order[next++]]);
            }
            yield return Collate(chosen, padId, device);
        }
    }

    // Fisher-Yates.
    private static long Shuffle(int[] order, RandomBits bits, long draws)
    {
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = (int)(bits.Unit(draws++) * (i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return draws;
    }
}
