using PeftLabs.Memory.Profiling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Root-mean-square norm over the last dimension (arXiv 1910.07467) with a weight <c>[hidden]</c>.</summary>
public sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    /// <summary>Takes over the weight.</summary>
    public RmsNorm(string path, Parameter weight, double epsilon)
        : base(path)
    {
        (Path, Weight, Epsilon) = (path, weight, epsilon);
        Weight.DetachFromDisposeScope();
    }

    /// <summary>The module's path in checkpoints.</summary>
    public string Path { get; }

    /// <summary>The weight <c>[hidden]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Added to the mean square.</summary>
    public double Epsilon { get; }

    /// <summary>Where it stands in a profile.</summary>
    internal ScopePath Scope { get; set; } = RmsNormFunction.Alone;

    /// <summary>What the engine does in backward behind it, where that is not its own.</summary>
    internal ScopePath? Before { get; set; }

    /// <summary>Normalises <c>[…, hidden]</c>; the caller owns the result.</summary>
    public override Tensor forward(Tensor input) => Forward(input, ActivationType.Float32);

    /// <summary>The same, with the input kept for backward in some type.</summary>
    internal Tensor Forward(Tensor input, ActivationType kept) =>
        RmsNormFunction.Apply(input, Weight, Epsilon, kept, Scope, Before);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Weight.Dispose();
        base.Dispose(disposing);
    }
}
