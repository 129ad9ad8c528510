using PeftLabs.Quantization;

namespace PeftLabs.Models;

/// <summary>
/// Bytes that a block keeps from forward for backward, following what each function keeps: a norm its input and a number a token or head,
/// attention q, k and v, the down projection what its activation is of, any other projection its input where its weight or its A is
/// trained, and each h where it has an update.
/// </summary>
internal static class KeptActivations
{
    /// <summary>A projection, as far as it decides what is kept.</summary>
    internal readonly record struct Part(long In, long Out, long Rank, bool IsTrained);

    /// <summary>The bytes for <paramref name="tokens"/> tokens.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="block">The block, with the adapter that it wears.</param>
    /// <param name="tokens">Tokens of the whole batch.</param>
    /// <param name="isReached">Whether something before the block is trained, so that gradients pass through all of it.</param>
    public static long Bytes(ModelConfig config, DecoderBlock block, long tokens, bool isReached) =>
        Bytes(config, [.. block.Projections.Select(Of)], block.FeedForwardNorm.Weight.requires_grad, tokens,
            isReached || block.AttentionNorm.Weight.requires_grad);

    /// <summary>The same from the parts of a block, in the order in which they are used.</summary>
    public static long Bytes(ModelConfig config, Part[] parts, bool isNormTrained, long tokens, bool isReached)
    {
        var output = config.Family.AttentionInputs.Count;
        var half = output + 1;
        long hidden = parts[0].In, perToken = parts.Sum(p => p.Rank);
        bool AnyTrained(int from, int to) => parts[from..to].Any(p => p.IsTrained);
        bool Reached(int from, int last) => isReached || AnyTrained(from, last + 1);
        // The attention half,
        if (isReached)
            perToken += hidden + 1;
        if (AnyTrained(0, output))
            perToken += hidden;
        if (Reached(0, output - 1))
            perToken += parts[..output].Sum(p => p.Out) + HeadNorms(config);
        if (parts[output].IsTrained)
            perToken += parts[output].In;
        if (config.Family.AttentionPostNorm is not null && Reached(0, output))
            perToken += hidden + 1;
        // and the feed-forward's, which reads what attention gives, or the same input.
        var first = config.IsParallel ? half : 0;
        if (Reached(first, config.IsParallel ? half - 1 : output) || isNormTrained)
            perToken += (config.IsParallel && isReached ? 0 : hidden) + 1;
        if (AnyTrained(half, parts.Length - 1))
            perToken += hidden;
        if (Reached(first, parts.Length - 1))
            perToken += parts[half..^1].Sum(p => p.Out) + (config.Family.FeedForwardPostNorm is null ? 0 : hidden + 1);
        return sizeof(float) * tokens * perToken;
    }

    // Their inputs, and a number a head.
    private static long HeadNorms(ModelConfig config) =>
        (config.Family.QueryNorm is null ? 0 : config.Heads * (config.HeadSize + 1L))
        + (config.Family.KeyNorm is null ? 0 : config.KeyValueHeads * (config.HeadSize + 1L));

    private static Part Of(Projection p) => new(p.InFeatures, p.OutFeatures, p.Update?.Rank ?? 0,
        p.Update is not null || p.Weight is DenseWeight { Parameter.requires_grad: true });
}
