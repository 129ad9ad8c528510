using PeftLabs.Quantization;

namespace PeftLabs.Models;

/// <summary>
/// Bytes that a block keeps from forward for backward, following what each function keeps: RMS norm its input and a number a token,
/// attention q, k and v, the down projection gate and up, any other projection its input where its weight or its A is trained, and
/// each h where it has an update.
/// </summary>
internal static class KeptActivations
{
    /// <summary>A projection, as far as it decides what is kept.</summary>
    internal readonly record struct Part(long In, long Out, long Rank, bool IsTrained);

    /// <summary>The bytes for <paramref name="tokens"/> tokens.</summary>
    /// <param name="block">The block, with the adapter that it wears.</param>
    /// <param name="tokens">Tokens of the whole batch.</param>
    /// <param name="isReached">Whether something before the block is trained, so that gradients pass through all of it.</param>
    public static long Bytes(DecoderBlock block, long tokens, bool isReached) =>
        Bytes([.. block.Projections.Select(Of)], block.FeedForwardNorm.Weight.requires_grad, tokens,
            isReached || block.AttentionNorm.Weight.requires_grad);

    /// <summary>The same from the parts of a block, in the order in which they are used.</summary>
    public static long Bytes(Part[] parts, bool isNormTrained, long tokens, bool isReached)
    {
        bool Trained(int i) => parts[i].IsTrained;
        bool Reached(int last) => isReached || Enumerable.Range(0, last + 1).Any(Trained);
        long hidden = parts[0].In, perToken = parts.Sum(p => p.Rank);
        if (isReached)
            perToken += hidden + 1;
        if (Trained(0) || Trained(1) || Trained(2))
            perToken += hidden;
        if (Reached(2))
            perToken += parts[0].Out + parts[1].Out + parts[2].Out;
        if (Trained(3))
            perToken += parts[3].In;
        if (Reached(3) || isNormTrained)
            perToken += hidden + 1;
        if (Trained(4) || Trained(5))
            perToken += hidden;
        if (Reached(6))
            perToken += 2 * parts[6].In;
        return sizeof(float) * tokens * perToken;
    }

    private static Part Of(Projection p) => new(p.InFeatures, p.OutFeatures, p.Update?.Rank ?? 0,
        p.Update is not null || p.Weight is DenseWeight { Parameter.requires_grad: true });
}
