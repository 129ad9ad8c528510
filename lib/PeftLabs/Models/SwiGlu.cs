using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>silu(gate)·up (SwiGLU, arXiv 2002.05202), forward and backward. The sigmoid is computed again in backward.</summary>
internal static class SwiGlu
{
    /// <summary>The product of two tensors of the same shape.</summary>
    public static Tensor Forward(Tensor gate, Tensor up) => nn.functional.silu(gate).mul_(up);

    /// <summary>The gradients of gate and up from that of the product.</summary>
    public static (Tensor Gate, Tensor Up) Backward(Tensor gate, Tensor up, Tensor g)
    {
        // σ = sigmoid(gate); d silu = σ·(1 + gate·(1 − σ)) = σ + silu·(1 − σ)
        var sigmoid = gate.sigmoid();
        var silu = gate.mul(sigmoid);
        var gup = g.mul(silu);
        return (silu.addcmul_(silu, sigmoid, -1).add_(sigmoid).mul_(up).mul_(g), gup);
    }
}
