using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>Makes batches of examples.</summary>
public static class Batches
{
    /// <summary>
    /// Examples in an order that the seed gives, again and again in new orders without end; each batch is padded on the right to its
    /// longest example, and prompts and padding carry no label. <see cref="BatchPlan"/> is the same and more.
    /// </summary>
    /// <exception cref="ArgumentException">There is no example, one is empty, or a size is below 1.</exception>
    public static IEnumerable<TrainingBatch> Shuffled(
        IReadOnlyList<TokenizedExample> examples, int batchSize, ulong seed, int padId = 0, Device? device = null) =>
        new BatchPlan(examples, new() { Size = batchSize, Seed = seed, PadId = padId, Device = device }).From();

    /// <summary>One batch of some examples, padded on the right to the longest.</summary>
    /// <exception cref="ArgumentException">There is no example, or one is empty.</exception>
    public static TrainingBatch Collate(IReadOnlyList<TokenizedExample> examples, int padId = 0, Device? device = null)
    {
        // Index lists in the order that was given.
        var plan = new BatchPlan(examples, new() { PadId = padId, Device = device });
        return plan.Make(plan.Plan(0, Enumerable.Range(0, examples.Count).Select(i => new[] { i })));
    }

    /// <summary>A long run of tokens cut into examples of <paramref name="tokens"/> each; a rest too short is left out.</summary>
    public static IReadOnlyList<TokenizedExample> Cut(IReadOnlyList<int> ids, int tokens) =>
        [.. Enumerable.Range(0, ids.Count / tokens).Select(i => new TokenizedExample([.. ids.Skip(i * tokens).Take(tokens)]))];
}
