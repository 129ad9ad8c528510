using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// What stands between the feed-forward's inputs and its last projection, forward and backward: f(gate)·up (with silu SwiGLU, arXiv
/// 2002.05202), or f(x). Its inputs are in float32 or as they were kept in 16 bits; f is computed again in backward.
/// </summary>
/// <param name="Function">f.</param>
/// <param name="Gate">Where gate and up are.</param>
internal sealed record InnerActivation(Activation Function, GateKind Gate = GateKind.Separate)
{
    /// <summary>silu(gate)·up.</summary>
    public static InnerActivation SwiGlu { get; } = new(Activation.Silu);

    private string Operator => Function == Activation.Silu && Gate != GateKind.None ? "SwiGLU" : "activation";

    /// <summary>The product of gate and up of the same shape; or of what lies side by side; or f(x) alone.</summary>
    public Tensor Forward(Tensor x, Tensor? up = null)
    {
        using var profile = ProfileScope.Operator(Operator);
        if (ElementWise.KernelsFor(x) is not { } kernels)
            return ForwardByOperators(x, up);
        return Gate switch
        {
            GateKind.None => ElementWise.Activate(kernels, Function, x),
            GateKind.SideBySide => ElementWise.GateRows(kernels, Function, x),
            _ => ElementWise.Gate(kernels, Function, x, up!),
        };
    }

    /// <summary>
    /// The gradients of the inputs from that of the product, whose memory is used up, and the product itself where it is asked for.
    /// </summary>
    /// <param name="x">x, the gate, or both side by side, float32 or as it was kept.</param>
    /// <param name="up">What is gated, where it is a tensor of its own.</param>
    /// <param name="g">The product's gradient.</param>
    /// <param name="productNeeded">Whether the product is asked for.</param>
    /// <param name="overwrites">Whether the memory of the inputs may be used up too.</param>
    public (Tensor Input, Tensor? Up, Tensor? Product) Backward(
        Tensor x, Tensor? up, Tensor g, bool productNeeded, bool overwrites = false)
    {
        using var profile = ProfileScope.Operator(Operator);
        if (ElementWise.KernelsFor(g) is not { } kernels)
            return BackwardByOperators(x, up, g, productNeeded);
        switch (Gate)
        {
            case GateKind.None:
                return (g, null, ElementWise.ActivateBackward(kernels, Function, x, g, productNeeded, overwrites));
            case GateKind.SideBySide:
                // The product takes the place of its gradient.
                return (ElementWise.GateRowsBackward(kernels, Function, x, g, productNeeded, overwrites), null, productNeeded ? g : null);
            default:
                var (gateGradient, product) = ElementWise.GateBackward(kernels, Function, (x, up!), g, productNeeded, overwrites);
                return (gateGradient, g, product);
        }
    }

    private Tensor ForwardByOperators(Tensor x, Tensor? up)
    {
        x = SavedActivation.Unpack(x);
        var half = x.shape[^1] / 2;
        return Gate switch
        {
            GateKind.None => Value(x),
            GateKind.SideBySide => Value(x.narrow(-1, 0, half)).mul_(x.narrow(-1, half, half)),
            _ => Value(x).mul_(SavedActivation.Unpack(up!)),
        };
    }

    private (Tensor Input, Tensor? Up, Tensor? Product) BackwardByOperators(Tensor x, Tensor? up, Tensor g, bool productNeeded)
    {
        x = SavedActivation.Unpack(x);
        var half = x.shape[^1] / 2;
        if (Gate == GateKind.None)
            return (g.mul(Slope(x)), null, productNeeded ? Value(x) : null);
        var (gate, other) = Gate == GateKind.SideBySide ? (x.narrow(-1, 0, half), x.narrow(-1, half, half)) : (x, SavedActivation.Unpack(up!));
        var value = Value(gate);
        var product = productNeeded ? value.mul(other) : null;
        var (gateGradient, upGradient) = (Slope(gate).mul_(other).mul_(g), g.mul(value));
        return Gate == GateKind.SideBySide ? (cat([gateGradient, upGradient], -1), null, product) : (gateGradient, upGradient, product);
    }

    private Tensor Value(Tensor x) => Function switch
    {
        Activation.Silu => nn.functional.silu(x),
        Activation.Gelu => x.gelu(),
        _ => x.gelu(GELU.Approximate.tanh),
    };

    private Tensor Slope(Tensor x)
    {
        if (Function == Activation.Gelu)
        {
            // Φ + x·φ
            var density = x.square().mul_(-0.5).exp_().mul_(1 / Math.Sqrt(2 * Math.PI));
            return x.mul(Math.Sqrt(0.5)).erf_().add_(1).mul_(0.5).addcmul_(x, density, 1);
        }
        if (Function == Activation.Silu)
        {
            // σ + silu·(1 − σ)
            var sigmoid = x.sigmoid();
            var silu = x.mul(sigmoid);
            return silu.addcmul_(silu, sigmoid, -1).add_(sigmoid);
        }
        // σ + x·σ·(1 − σ)·2u' with σ = σ(2u)
        var root = 2 * Math.Sqrt(2 / Math.PI);
        var share = x.pow(3).mul_(0.044715).add_(x).mul_(root).sigmoid_();
        var steep = x.square().mul_(3 * 0.044715).add_(1).mul_(root);
        return share.mul(x).mul_(share.neg().add_(1)).mul_(steep).add_(share);
    }
}
