namespace PeftLabs.Models;

/// <summary>How a model computes forward and backward: what it trades time for memory with. The result is the same.</summary>
public sealed record ModelExecution
{
    /// <summary>What is computed again in backward.</summary>
    public CheckpointPolicy Checkpointing { get; init; } = CheckpointPolicy.None;

    /// <summary>Where the inputs of what is computed again wait.</summary>
    public ActivationOffload Offload { get; init; }

    /// <summary>How activations that wait for backward are stored.</summary>
    public ActivationType SavedActivations { get; init; }

    /// <summary>How attention is computed.</summary>
    public AttentionKind Attention { get; init; }

    /// <summary>The type of matrix products.</summary>
    public ArithmeticType Arithmetic { get; init; }
}
