using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Planning.Advice;

/// <summary>
/// The sets that advice chooses from. Attention in tiles and loss in chunks cost nothing and are always on; optimizers are AdamW in its four
/// forms, for another rule wants another learning rate.
/// </summary>
internal static class TechniqueSpace
{
    private const long TokensOfLargeChunk = 256;

    private static readonly CheckpointPolicy[] _checkpointing =
    [
        CheckpointPolicy.None, CheckpointPolicy.Attention, CheckpointPolicy.FeedForward, CheckpointPolicy.EveryNth(4),
        CheckpointPolicy.EveryNth(3), CheckpointPolicy.EveryNth(2), CheckpointPolicy.Blocks,
    ];

    private static readonly OptimizerKind[] _optimizers =
        [OptimizerKind.AdamW, OptimizerKind.AdamW8Bit, OptimizerKind.PagedAdamW, OptimizerKind.PagedAdamW8Bit];

    private static readonly WeightFormat[] _embeddings = [WeightFormat.Float32, WeightFormat.BFloat16, WeightFormat.Int8];

    /// <summary>The chunked loss' chunks, unless it is said otherwise.</summary>
    public static long SmallChunk { get; } = new TrainingOptions().LossChunkBytes;

    /// <summary>The sets of a method for a request.</summary>
    public static IEnumerable<TechniqueSet> Of(TuningMethod method, int rank, AdviceRequest request) =>
        from walked in Walked(method, rank, request)
        from resident in Resident(method)
        select walked with { Optimizer = resident.Optimizer, Streaming = resident.Streaming };

    /// <summary>
    /// The sets of a method that differ in more than what lies in memory all the time: the optimizer's state and the frozen weights. Those
    /// two are as small as they get.
    /// </summary>
    public static IEnumerable<TechniqueSet> Walked(TuningMethod method, int rank, AdviceRequest request) =>
        from accumulate in Splits(request.Batch)
        from chunk in Chunks(request.Config.VocabularySize)
        from checkpointing in _checkpointing
        from offload in checkpointing == CheckpointPolicy.None ? [ActivationOffload.None] : new[] { ActivationOffload.None, ActivationOffload.File }
        from saved in new[] { ActivationType.Float32, ActivationType.BFloat16 }
        from fused in new[] { false, true }
        from embedding in method == TuningMethod.Full ? _embeddings[..1] : _embeddings
        select Walked(new()
        {
            Method = method,
            Rank = rank,
            Accumulate = accumulate,
            Checkpointing = checkpointing,
            Offload = offload,
            SavedActivations = saved,
            FusedStep = fused,
            Embedding = embedding,
            LossChunkBytes = chunk,
        });

    /// <summary>The same set with as little of state and frozen weights in memory as can be.</summary>
    public static TechniqueSet Walked(TechniqueSet set) =>
        set with { Optimizer = OptimizerKind.PagedAdamW8Bit, Streaming = set.Method != TuningMethod.Full };

    /// <summary>What state and frozen weights can be: forms of the optimizer, and whether weights are streamed.</summary>
    public static IEnumerable<(OptimizerKind Optimizer, bool Streaming)> Resident(TuningMethod method) =>
        from optimizer in _optimizers
        from streaming in method == TuningMethod.Full ? [false] : new[] { false, true }
        select (optimizer, streaming);

    // Where a small chunk is but a few tokens of a large vocabulary, the head's products are thin, and it is decoded often.
    private static long[] Chunks(long vocabulary)
    {
        var large = sizeof(float) * vocabulary * TokensOfLargeChunk;
        return large > 2 * SmallChunk ? [SmallChunk, large] : [SmallChunk];
    }

    // 1, of the divisors above the next that is at least twice the last, and the whole batch.
    private static IEnumerable<int> Splits(long batch)
    {
        for (var (n, next) = (1, 1); n < batch; n++)
            if (n >= next && batch % n == 0)
            {
                yield return n;
                next = 2 * n;
            }
        yield return (int)batch;
    }
}
