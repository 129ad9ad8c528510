using PeftLabs.Quantization;

namespace PeftLabs.Models;

/// <summary>
/// Bytes that a block keeps from forward for backward, following what each function keeps: RMS norm its input and a number a token,
/// attention q, k and v, the down projection gate and up, any other projection its input where its weight or its A is trained, and
/// each h where it has an update.
/// </summary>
internal static class KeptActivations
{
    /// <summary>The bytes for <paramref name="tokens"/> tokens.</summary>
    /// <param name="block">The block, with the adapter that it wears.</param>
    /// <param name="tokens">Tokens of the whole batch.</param>
    /// <param name="isReached">Whether something before the block is trained, so that gradients pass through all of it.</param>
    public static long Bytes(DecoderBlock block, long tokens, bool isReached)
    {
        var all = block.Projections.ToArray();
        bool Trained(int i) => all[i].Update is not null || all[i].Weight is DenseWeight { Parameter.requires_grad: true };
        bool Reached(int last) => isReached || block.AttentionNorm.Weight.requires_grad || Enumerable.Range(0, last + 1).Any(Trained);
        long hidden = all[0].InFeatures, perToken = all.Sum(p => p.Update?.Rank ?? 0);
        if (isReached || block.AttentionNorm.Weight.requires_grad)
            perToken += hidden + 1;
        if (Trained(0) || Trained(1) || Trained(2))
            perToken += hidden;
        if (Reached(2))
            perToken += all[0].OutFeatures + all[1].OutFeatures + all[2].OutFeatures;
        if (Trained(3))
            perToken += all[3].InFeatures;
        if (Reached(3) || block.FeedForwardNorm.Weight.requires_grad)
            perToken += hidden + 1;
        if (Trained(4) || Trained(5))
            perToken += hidden;
        if (Reached(6))
            perToken += 2 * all[6].InFeatures;
        return sizeof(float) * tokens * perToken;
    }
}
