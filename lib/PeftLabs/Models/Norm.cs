using PeftLabs.Memory.Profiling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>A norm over the last dimension, with a weight <c>[size]</c> and, as a layer norm, a bias <c>[size]</c>.</summary>
public sealed class Norm : nn.Module<Tensor, Tensor>
{
    /// <summary>Takes over weight and bias.</summary>
    internal Norm(string path, NormKind kind, Parameter weight, Parameter? bias, double epsilon)
        : base(path)
    {
        (Path, Kind, Weight, Bias, Epsilon) = (path, kind, weight, bias, epsilon);
        Weight.DetachFromDisposeScope();
        Bias?.DetachFromDisposeScope();
    }

    /// <summary>The module's path in checkpoints.</summary>
    public string Path { get; }

    /// <summary>How it scales.</summary>
    public NormKind Kind { get; }

    /// <summary>The weight <c>[size]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>The bias <c>[size]</c> of a layer norm.</summary>
    public Parameter? Bias { get; }

    /// <summary>Added under the root.</summary>
    public double Epsilon { get; }

    /// <summary>Its parameters, with their names in checkpoints.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters => Bias is null
        ? [($"{Path}.weight", Weight)]
        : [($"{Path}.weight", Weight), ($"{Path}.bias", Bias)];

    /// <summary>Where it stands in a profile.</summary>
    internal ScopePath Scope { get; set; } = RmsNormFunction.Alone;

    /// <summary>What the engine does in backward behind it, where that is not its own.</summary>
    internal ScopePath? Before { get; set; }

    /// <summary>What is added to the weight.</summary>
    internal double Offset => Kind == NormKind.RootMeanSquarePlusOne ? 1 : 0;

    /// <summary>Normalises <c>[…, size]</c>; the caller owns the result.</summary>
    public override Tensor forward(Tensor input) => Forward(input, ActivationType.Float32);

    /// <summary>The same, with the input kept for backward in some type.</summary>
    internal Tensor Forward(Tensor input, ActivationType kept) => Kind == NormKind.Layer
        ? LayerNormFunction.Apply(input, this, kept)
        : RmsNormFunction.Apply(input, Weight, Epsilon, kept, (Scope, Before), Offset);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Weight.Dispose();
            Bias?.Dispose();
        }
        base.Dispose(disposing);
    }
}
