using TorchSharp;
using static PeftLabs.Models.RecomputedHalf;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// A whole block computed again in backward from its input. The feed-forward's output is not needed for any gradient, so its last
/// product, a quarter of a block's work, is left out the second time.
/// </summary>
internal sealed class RecomputedBlock(
    Func<Tensor, Rotation, bool, Tensor> attention, Func<Tensor, Rotation, bool, Tensor> feedForward) : IRecomputed
{
    public Tensor Forward(Tensor x, Rotation rotation)
    {
        using var scope = NewDisposeScope();
        var middle = Add(attention(x, rotation, true), x);
        return Add(feedForward(middle, rotation, true), middle).MoveToOuterDisposeScope();
    }

    public Tensor? Backward(Tensor x, Rotation rotation, Tensor gradient, bool needsInput)
    {
        using var scope = NewDisposeScope();
        var input = Leaf(x, needsInput);
        var attended = Record(attention, input, rotation, outputNeeded: true);
        // In place: nobody asks for the branch's output any more, only for its graph.
        var middle = Leaf(Add(attended.detach(), x), attended.requires_grad || needsInput);
        var toMiddle = ThroughFeedForward(middle, rotation, gradient);
        if (toMiddle is null)
            return null;
        Propagate(attended, toMiddle);
        return needsInput ? Add(Gradient(input), toMiddle).MoveToOuterDisposeScope() : null;
    }

    private Tensor? ThroughFeedForward(Tensor middle, Rotation rotation, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Propagate(Record(feedForward, middle, rotation, outputNeeded: false), gradient);
        return middle.requires_grad ? Add(Gradient(middle), gradient).MoveToOuterDisposeScope() : null;
    }
}
