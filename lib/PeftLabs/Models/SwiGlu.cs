using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// silu(gate)·up (SwiGLU, arXiv 2002.05202), forward and backward. Gate and up are in float32 or as they were kept in 16 bits; the
/// sigmoid is computed again in backward.
/// </summary>
internal static class SwiGlu
{
    /// <summary>The product of two tensors of the same shape.</summary>
    public static Tensor Forward(Tensor gate, Tensor up)
    {
        using var profile = ProfileScope.Operator("SwiGLU");
        return ElementWise.KernelsFor(gate) is { } kernels
            ? ElementWise.SwiGlu(kernels, gate, up)
            : nn.functional.silu(SavedActivation.Unpack(gate)).mul_(SavedActivation.Unpack(up));
    }

    /// <summary>
    /// The gradients of gate and up from that of the product, whose memory is used up, and the product itself where it is asked for.
    /// </summary>
    /// <param name="gate">The gate, float32 or as it was kept.</param>
    /// <param name="up">What it gates.</param>
    /// <param name="g">The product's gradient.</param>
    /// <param name="productNeeded">Whether the product is asked for.</param>
    /// <param name="overwrites">Whether the memory of gate and up may be used up too.</param>
    public static (Tensor Gate, Tensor Up, Tensor? Product) Backward(
        Tensor gate, Tensor up, Tensor g, bool productNeeded, bool overwrites = false)
    {
        using var profile = ProfileScope.Operator("SwiGLU");
        if (ElementWise.KernelsFor(g) is { } kernels)
        {
            var (gateGradient, product) = ElementWise.SwiGluBackward(kernels, gate, up, g, productNeeded, overwrites);
            return (gateGradient, g, product);
        }
        return BackwardByOperators(SavedActivation.Unpack(gate), SavedActivation.Unpack(up), g, productNeeded);
    }

    private static (Tensor Gate, Tensor Up, Tensor? Product) BackwardByOperators(Tensor gate, Tensor up, Tensor g, bool productNeeded)
    {
        // σ = sigmoid(gate); d silu = σ·(1 + gate·(1 − σ)) = σ + silu·(1 − σ)
        var sigmoid = gate.sigmoid();
        var silu = gate.mul(sigmoid);
        var product = productNeeded ? silu.mul(up) : null;
        var gup = g.mul(silu);
        return (silu.addcmul_(silu, sigmoid, -1).add_(sigmoid).mul_(up).mul_(g), gup, product);
    }
}
