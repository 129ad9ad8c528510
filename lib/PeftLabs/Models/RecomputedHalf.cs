using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Half of a block, y = x + branch(x), computed again in backward; or a block whose branches all read its input, one branch after the other,
/// so that never more than one is alive.
/// </summary>
/// <param name="addsInput">Whether x is added; without it y is what the branches give.</param>
/// <param name="branches">The branches; their last argument says whether the output itself is needed, or only its graph.</param>
internal sealed class RecomputedHalf(bool addsInput, params Func<Tensor, Rotation, bool, Tensor>[] branches) : IRecomputed
{
    public Tensor Forward(Tensor x, Rotation rotation)
    {
        using var scope = NewDisposeScope();
        var sum = branches[0](x, rotation, true);
        foreach (var branch in branches.AsSpan(1))
            sum = Add(sum, branch(x, rotation, true));
        return (addsInput ? Add(sum, x) : sum).MoveToOuterDisposeScope();
    }

    public Tensor? Backward(Tensor x, Rotation rotation, Tensor gradient, bool needsInput)
    {
        using var scope = NewDisposeScope();
        var leaf = Leaf(x, needsInput);
        for (var i = branches.Length - 1; i >= 0; i--)
        {
            using var inner = NewDisposeScope();
            Propagate(Record(branches[i], leaf, rotation, outputNeeded: false), gradient);
        }
        if (!needsInput)
            return null;
        return (addsInput ? Add(Gradient(leaf), gradient) : Gradient(leaf)).MoveToOuterDisposeScope();
    }

    /// <summary>The same values at the beginning of a graph of their own.</summary>
    public static Tensor Leaf(Tensor x, bool needsGradient) => x.detach().requires_grad_(needsGradient);

    /// <summary>Computes a branch with its graph. What it keeps are activations, though they are made in backward.</summary>
    public static Tensor Record(Func<Tensor, Rotation, bool, Tensor> branch, Tensor leaf, Rotation rotation, bool outputNeeded)
    {
        using var profile = ProfileScope.Recomputed();
        using var _ = enable_grad();
        using var category = MemoryMeter.Category(MemoryCategory.Activations);
        return branch(leaf, rotation, outputNeeded);
    }

    /// <summary>Runs backward through a branch, if anything in it is trained or leads to something that is.</summary>
    public static void Propagate(Tensor branch, Tensor gradient)
    {
        using var profile = ProfileScope.Autograd();
        if (branch.requires_grad)
            autograd.backward(branch, gradient);
        BackwardScope.Release();
    }

    /// <summary>x += y, where both are whole.</summary>
    public static Tensor Add(Tensor x, Tensor y)
    {
        using var profile = ProfileScope.Operator("residual");
        return x.add_(y);
    }

    /// <summary>The gradient that backward left at a leaf; zeros where nothing reached it.</summary>
    public static Tensor Gradient(Tensor leaf) => leaf.grad ?? zeros_like(leaf);
}
