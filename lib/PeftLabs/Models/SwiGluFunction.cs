using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>y = silu(gate)·up (SwiGLU, arXiv 2002.05202). Keeps its two inputs; the sigmoid is computed again in backward.</summary>
internal sealed class SwiGluFunction : autograd.SingleTensorFunction<SwiGluFunction>
{
    public override string Name => "SwiGlu";

    /// <summary>Combines two tensors of the same shape.</summary>
    public static Tensor Apply(Tensor gate, Tensor up)
    {
        return ForwardScope.Run(() => apply(gate, up));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (gate, up) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([gate, up]);
        return nn.functional.silu(gate).mul_(up);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables();
        var (gate, up) = (saved[0], saved[1]);
        // σ = sigmoid(gate); d silu = σ·(1 + gate·(1 − σ)) = σ + silu·(1 − σ)
        var sigmoid = gate.sigmoid();
        var silu = gate.mul(sigmoid);
        var gup = g.mul(silu);
        var ggate = silu.addcmul_(silu, sigmoid, -1).add_(sigmoid).mul_(up).mul_(g);
        return scope.Return(ctx, ggate, gup);
    }
}
