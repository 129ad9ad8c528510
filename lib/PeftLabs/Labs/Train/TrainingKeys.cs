using PeftLabs.Models;
using PeftLabs.Training;
using static PeftLabs.Labs.OptionKeys;
using Key = PeftLabs.Labs.OptionKey<PeftLabs.Training.TrainingOptions>;
using Options = PeftLabs.Training.TrainingOptions;

namespace PeftLabs.Labs;

/// <summary>The options of <see cref="TrainingOptions"/> by name.</summary>
public static class TrainingKeys
{
    /// <summary>How long, how fast, and by which rule.</summary>
    public static IReadOnlyList<Key> Course { get; } =
    [
        Number<Options, double>("learning-rate", "The learning rate after warm-up", o => o.LearningRate, (o, v) => o with { LearningRate = v }),
        Choice<Options, LearningRateSchedule>("schedule", "How the learning rate moves after warm-up",
            o => o.Schedule, (o, v) => o with { Schedule = v }),
        Number<Options, int>("warmup-steps", "Steps over which the learning rate rises from zero",
            o => o.WarmupSteps, (o, v) => o with { WarmupSteps = v }),
        Number<Options, double>("weight-decay", "AdamW's decay of the weights", o => o.WeightDecay, (o, v) => o with { WeightDecay = v }),
        Number<Options, double>("beta1", "AdamW's memory of the gradient", o => o.Beta1, (o, v) => o with { Beta1 = v }),
        Number<Options, double>("beta2", "AdamW's memory of its square", o => o.Beta2, (o, v) => o with { Beta2 = v }),
        Number<Options, double>("epsilon", "AdamW's epsilon", o => o.Epsilon, (o, v) => o with { Epsilon = v }),
    ];

    /// <summary>The techniques that trade time, or nothing, for memory.</summary>
    public static IReadOnlyList<Key> Techniques { get; } =
    [
        Checkpointing,
        Choice<Options, ActivationOffload>("offload", "Where the inputs of what is computed again wait; host is of a GPU",
            o => o.Offload, (o, v) => o with { Offload = v }),
        Choice<Options, ActivationType>("saved-activations", "How activations wait for backward",
            o => o.SavedActivations, (o, v) => o with { SavedActivations = v }),
        Choice<Options, AttentionKind>("attention", "How attention is computed", o => o.Attention, (o, v) => o with { Attention = v }),
        Choice<Options, ArithmeticType>("arithmetic", "The type of matrix products; 16 bits on GPUs alone",
            o => o.Arithmetic, (o, v) => o with { Arithmetic = v }),
        Choice<Options, LossKind>("loss", "How head and loss are computed", o => o.Loss, (o, v) => o with { Loss = v }),
        Number<Options, long>("loss-chunk-bytes", "The most bytes of logits at once in the chunked loss",
            o => o.LossChunkBytes, (o, v) => o with { LossChunkBytes = v }),
        Number<Options, double>("label-smoothing", "Share of a target's probability spread over the vocabulary",
            o => o.LabelSmoothing, (o, v) => o with { LabelSmoothing = v }),
        Number<Options, double>("z-loss", "Weight of the squared log-sum-exp in the loss", o => o.ZLoss, (o, v) => o with { ZLoss = v }),
        Number<Options, int>("accumulate", "Batches whose gradients are summed for a step", o => o.Accumulate, (o, v) => o with { Accumulate = v }),
        Choice<Options, OptimizerKind>("optimizer", "The rule that moves parameters", o => o.Optimizer, (o, v) => o with { Optimizer = v }),
        // Within backward the gradients' common norm is not known.
        Flag<Options>("fused-step", "Take the optimizer's step within backward, block by block", o => o.FusedStep,
            (o, v) => o with { FusedStep = v, MaxGradientNorm = v ? double.PositiveInfinity : o.MaxGradientNorm }),
        Number<Options, double>("max-gradient-norm", "Gradients are scaled down to this norm; infinity switches it off",
            o => o.MaxGradientNorm, (o, v) => o with { MaxGradientNorm = v }),
        Number<Options, long>("paged-budget-bytes", "Bytes of a paged optimizer's state that stay in memory",
            o => o.PagedBudgetBytes, (o, v) => o with { PagedBudgetBytes = v }),
        Number<Options, double>("lora-plus-ratio", "How many times faster than A an adapter's B learns",
            o => o.LoraPlusRatio, (o, v) => o with { LoraPlusRatio = v }),
        Number<Options, double>("momentum", "The momentum of sgd", o => o.Momentum, (o, v) => o with { Momentum = v }),
        Number<Options, int>("galore-rank", "The rank of galore's subspace", o => o.GaLoreRank, (o, v) => o with { GaLoreRank = v }),
        Number<Options, int>("galore-interval", "Steps after which galore looks for its subspace anew",
            o => o.GaLoreInterval, (o, v) => o with { GaLoreInterval = v }),
        Number<Options, double>("galore-scale", "Galore's factor on what it projects back", o => o.GaLoreScale, (o, v) => o with { GaLoreScale = v }),
    ];

    private static Key Checkpointing => new("checkpointing", "none, blocks, attention, feed-forward, every-N, or budget-100MiB",
        "What is computed again in backward; blocks where only the name is given")
    {
        Bare = CheckpointPolicy.Blocks.Name,
        Get = o => o.Checkpointing.Name,
        Set = (o, v) => o with { Checkpointing = CheckpointPolicy.Parse(v) },
    };
}
