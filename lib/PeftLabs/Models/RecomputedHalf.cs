using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Half of a block, y = x + branch(x), computed again in backward.</summary>
/// <param name="branch">The branch; its last argument says whether the output itself is needed, or only its graph.</param>
internal sealed class RecomputedHalf(Func<Tensor, Rotation, bool, Tensor> branch) : IRecomputed
{
    public Tensor Forward(Tensor x, Rotation rotation)
    {
        using var scope = NewDisposeScope();
        return Add(branch(x, rotation, true), x).MoveToOuterDisposeScope();
    }

    public Tensor? Backward(Tensor x, Rotation rotation, Tensor gradient, bool needsInput)
    {
        using var scope = NewDisposeScope();
        var leaf = Leaf(x, needsInput);
        Propagate(Record(branch, leaf, rotation, outputNeeded: false), gradient);
        return needsInput ? Add(Gradient(leaf), gradient).MoveToOuterDisposeScope() : null;
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
