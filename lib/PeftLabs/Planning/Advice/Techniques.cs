using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Training;
using PeftLabs.Training.Optimizers;

namespace PeftLabs.Planning.Advice;

/// <summary>The techniques of a set, in the order in which a ladder adds them.</summary>
internal static class Techniques
{
    /// <summary>Plain training: full fine-tuning, scores and logits whole.</summary>
    public static TechniqueSet Plain { get; } = new() { Attention = AttentionKind.Plain, Loss = LossKind.Whole };

    /// <summary>The techniques by which a set differs from <see cref="Plain"/>.</summary>
    public static IReadOnlyList<Technique> Of(TechniqueSet set) => [.. All(set).OfType<Technique>()];

    /// <summary>What a set asks of one beside time.</summary>
    public static int Burden(TechniqueSet set) => All(set).Sum(t => t?.Burden ?? 0);

    private static IEnumerable<Technique?> All(TechniqueSet set) =>
    [
        set.Attention == AttentionKind.Tiled ? new("attention in tiles", "", 0, s => s with { Attention = set.Attention }) : null,
        set.Loss == LossKind.Chunked ? new("loss in chunks", "", 0, s => s with { Loss = set.Loss }) : null,
        set.LossChunkBytes == TechniqueSpace.SmallChunk ? null : new("larger chunks of the loss, which are faster",
            $"--loss-chunk-bytes {set.LossChunkBytes}", 0, s => s with { LossChunkBytes = set.LossChunkBytes }),
        set.Method == TuningMethod.Full ? null
            : new($"LoRA, rank {set.Rank}", "--method lora", 0, s => s with { Method = TuningMethod.Lora, Rank = set.Rank }),
        Stored(set),
        set.Embedding == WeightFormat.Float32 ? null : new($"embedding and head in {set.Embedding}", $"--embedding {set.Embedding}",
            set.Embedding == WeightFormat.BFloat16 ? 1 : 6, s => s with { Embedding = set.Embedding }),
        set.Optimizer == OptimizerKind.AdamW ? null : new(OptimizerNames.Name(set.Optimizer), $"--optimizer {OptimizerNames.Name(set.Optimizer)}",
            Burden(set.Optimizer), s => s with { Optimizer = set.Optimizer }),
        set.FusedStep ? new("optimizer's step within backward", "--fused-step", 2, s => s with { FusedStep = true }) : null,
        set.Accumulate == 1 ? null : new($"{set.Accumulate} batches a step", $"--accumulate {set.Accumulate}", 1,
            s => s with { Accumulate = set.Accumulate }),
        set.Checkpointing == CheckpointPolicy.None ? null : new($"checkpointing: {set.Checkpointing}", $"--checkpointing {set.Checkpointing}",
            1, s => s with { Checkpointing = set.Checkpointing }),
        set.SavedActivations == ActivationType.Float32 ? null : new("saved activations in bfloat16", "--saved-activations bfloat16",
            3, s => s with { SavedActivations = set.SavedActivations }),
        set.Offload == ActivationOffload.None ? null : new("block inputs in a file", "--offload file", 2, s => s with { Offload = set.Offload }),
        set.Streaming ? new("blocks' weights streamed from a file", "--stream", 4, s => s with { Streaming = true }) : null,
    ];

    private static Technique? Stored(TechniqueSet set) => set.Method switch
    {
        TuningMethod.LoraBFloat16 => new("weights in bfloat16", "--format bfloat16", 1, s => s with { Method = set.Method }),
        TuningMethod.QLora => new("weights in NF4, scales quantized too", "--method qlora", 4, s => s with { Method = set.Method }),
        _ => null,
    };

    private static int Burden(OptimizerKind optimizer) => optimizer switch
    {
        OptimizerKind.PagedAdamW => 2,
        OptimizerKind.AdamW8Bit => 3,
        _ => 5,
    };
}
