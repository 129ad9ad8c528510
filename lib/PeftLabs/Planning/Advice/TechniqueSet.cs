using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Training;

namespace PeftLabs.Planning.Advice;

/// <summary>A choice of techniques. A new one is plain: every weight trained in float32, nothing computed again, nothing stored smaller.</summary>
public sealed record TechniqueSet
{
    /// <summary>What is trained, and how frozen weights are stored.</summary>
    public TuningMethod Method { get; init; }

    /// <summary>The adapters' rank.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>How embedding and head are stored.</summary>
    public WeightFormat Embedding { get; init; } = WeightFormat.Float32;

    /// <summary>What is computed again in backward.</summary>
    public CheckpointPolicy Checkpointing { get; init; } = CheckpointPolicy.None;

    /// <summary>The optimizer, AdamW in one of its forms.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Whether the optimizer's step is taken within backward.</summary>
    public bool FusedStep { get; init; }

    /// <summary>How activations wait for backward.</summary>
    public ActivationType SavedActivations { get; init; }

    /// <summary>Where the inputs of what is computed again wait.</summary>
    public ActivationOffload Offload { get; init; }

    /// <summary>Whether the blocks' frozen weights lie in a file.</summary>
    public bool Streaming { get; init; }

    /// <summary>Into how many batches, one after the other, a step's batch is split.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>How attention is computed.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.Tiled;

    /// <summary>How head and loss are computed.</summary>
    public LossKind Loss { get; init; } = LossKind.Chunked;

    /// <summary>The most bytes of logits that the chunked loss holds at once.</summary>
    public long LossChunkBytes { get; init; } = TechniqueSpace.SmallChunk;

    /// <summary>LoRA on all projections of the blocks, alpha twice the rank; null for full fine-tuning.</summary>
    public LoraAdapterConfig? Lora => Method == TuningMethod.Full ? null
        : new() { Rank = Rank, Alpha = 2 * Rank, TargetModules = ModuleSelection.Matching("all-linear") };

    /// <summary>How the blocks' projections are stored.</summary>
    public WeightFormat Projections => Method switch
    {
        TuningMethod.LoraBFloat16 => WeightFormat.BFloat16,
        TuningMethod.QLora => WeightFormat.NF4Double,
        _ => WeightFormat.Float32,
    };

    /// <summary>How the model is loaded.</summary>
    public ModelLoadOptions Loading => new()
    {
        Projections = Projections,
        Embedding = Embedding,
        Head = Embedding,
        Streaming = Streaming ? new WeightStreaming() : null,
    };

    /// <summary>How it is trained; where the step is fused, gradients are not clipped.</summary>
    public TrainingOptions Training => new()
    {
        Checkpointing = Checkpointing,
        Offload = Offload,
        SavedActivations = SavedActivations,
        Attention = Attention,
        Loss = Loss,
        LossChunkBytes = LossChunkBytes,
        Accumulate = Accumulate,
        Optimizer = Optimizer,
        FusedStep = FusedStep,
        MaxGradientNorm = FusedStep ? double.PositiveInfinity : 1,
        Schedule = LearningRateSchedule.Constant,
    };

    /// <summary>The plan of a step on text.</summary>
    /// <param name="config">The model.</param>
    /// <param name="rows">Sequences of one batch; a step has <see cref="Accumulate"/> times as many.</param>
    /// <param name="tokens">Tokens a sequence.</param>
    public TrainingPlan Plan(ModelConfig config, long rows, long tokens) =>
        TrainingPlan.OnText(config, rows, tokens, Lora) with { Loading = Loading, Training = Training };
}
