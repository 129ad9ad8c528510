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
    /// <summary>Applies a part that is computed again in backward.</summary>
    public Tensor Recompute(IRecomputed part, Tensor x, Rotation rotation, bool isFirst) =>
        CheckpointFunction.Apply(part, Store, x, rotation, Anchor!, isFirst ? Done : null);

    /// <summary>The block's input, with a mark that backward passes when it has left the block.</summary>
    public Tensor Mark(Tensor x) => Done is null ? x : MarkFunction.Apply(x, Done);
}
