using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>y = c·tanh(x/c), which keeps x within ±c. The memory of x is used up, and y is what is kept.</summary>
internal sealed class SoftCapFunction : autograd.SingleTensorFunction<SoftCapFunction>
{
    private static readonly ScopePath s_scope = ScopePath.Of("soft cap");

    public override string Name => "SoftCap";

    /// <summary>Caps <paramref name="x"/>, contiguous and of no further use to the caller; the caller owns the result.</summary>
    public static Tensor Apply(Tensor x, double cap)
    {
        using var profile = ProfileScope.Within(s_scope);
        using (x)
            return ForwardScope.Run(() => apply(x, cap));
    }

    /// <summary>Caps in place, nothing recorded.</summary>
    public static void Cap(Tensor x, double cap)
    {
        using var scope = NewDisposeScope();
        if (ElementWise.KernelsFor(x) is { } kernels)
            ElementWise.SoftCap(kernels, x, cap);
        else
            x.mul_(1 / cap).tanh_().mul_(cap);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (y, cap) = (((Tensor)vars[0]).detach(), (double)vars[1]);
        Cap(y, cap);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([y]);
        ctx.save_data("cap", cap);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var profile = ProfileScope.Called(s_scope);
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        // 1 − tanh² = 1 − (y/c)²
        var tanh = ctx.get_saved_variables()[0].mul(1 / (double)ctx.get_data("cap"));
        return scope.Return(ctx, g.addcmul(g.mul(tanh), tanh, -1), null);
    }
}
