using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>The identity, which tells when backward passes: whatever came after it in forward has its gradients by then.</summary>
internal sealed class MarkFunction : autograd.SingleTensorFunction<MarkFunction>
{
    public override string Name => "Mark";

    /// <summary>The same values as <paramref name="x"/>.</summary>
    public static Tensor Apply(Tensor x, Action passed)
    {
        return ForwardScope.Run(() => apply(x, passed));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.set_materialize_grads(false);
        ctx.save_data("passed", vars[1]);
        var x = (Tensor)vars[0];
        return x.view(x.shape);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        // The gradient goes on as it came; it is given back, so that it outlives this call.
        using var scope = BackwardScope.Enter(g);
        ((Action)ctx.get_data("passed"))();
        return scope.Return(ctx, g, null);
    }
}
