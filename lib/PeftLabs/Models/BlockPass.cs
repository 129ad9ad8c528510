using PeftLabs.Memory.Profiling;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>How a block takes part in one pass that records gradients.</summary>
/// <param name="Recomputed">What of it is computed again in backward.</param>
/// <param name="Kept">How what is not computed again waits for backward.</param>
/// <param name="Store">Where the inputs of that wait.</param>
/// <param name="Anchor">Requires a gradient, so that what is computed again is reached though its input be frozen; there where anything is.</param>
/// <param name="Done">Called when backward has all gradients of the block; null where nobody asks.</param>
internal sealed record BlockPass(BlockPart Recomputed, ActivationType Kept, ActivationStore Store, Tensor? Anchor, Action? Done)
{
    /// <summary>The block, in a profile.</summary>
    public required ScopePath Scope { get; init; }

    /// <summary>What the engine does behind the block in backward, where that is not the block's.</summary>
    public ScopePath? Before { get; init; }

    /// <summary>Applies a part that is computed again in backward.</summary>
    public Tensor Recompute(IRecomputed part, Tensor x, Rotation rotation, bool isFirst) =>
        CheckpointFunction.Apply(part, Store, x, rotation, Anchor!, isFirst ? Done : null, (Scope, isFirst ? Before : null));

    /// <summary>The block's input, with a mark that backward passes when it has left the block.</summary>
    public Tensor Mark(Tensor x) => Done is null ? x : MarkFunction.Apply(x, Done);
}
