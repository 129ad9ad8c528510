using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// y = x / √(mean(x²) + ε) · w over the last dimension (RMSNorm, arXiv 1910.07467). Keeps x and one number a token.
/// </summary>
internal sealed class RmsNormFunction : autograd.SingleTensorFunction<RmsNormFunction>
{
    public override string Name => "RmsNorm";

    /// <summary>
    /// Normalises <paramref name="x"/> <c>[…, hidden]</c> with <paramref name="weight"/> <c>[hidden]</c>; x is kept in some type.
    /// </summary>
    public static Tensor Apply(Tensor x, Tensor weight, double epsilon, ActivationType kept = ActivationType.Float32)
    {
        var recorded = is_grad_enabled() && (x.requires_grad || weight.requires_grad);
        return ForwardScope.Run(() => apply(x, weight, epsilon, kept, recorded));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, w) = ((Tensor)vars[0], (Tensor)vars[1]);
        var inverse = x.square().mean([-1], keepdim: true).add_((double)vars[2]).rsqrt_();
        if ((bool)vars[4])
            ctx.save_for_backward([SavedActivation.Pack(x, (ActivationType)vars[3]), w, inverse]);
        ctx.set_materialize_grads(false);
        ctx.save_data("needs", (x.requires_grad, w.requires_grad));
        return x.mul(inverse).mul_(w);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var (needsInput, needsWeight) = ((bool, bool))ctx.get_data("needs");
        var saved = ctx.get_saved_variables();
        var (x, w, inverse) = (SavedActivation.Unpack(saved[0]), saved[1], saved[2]);
        var normed = x.mul(inverse);
        var gw = needsWeight ? normed.mul(g).flatten(0, -2).sum(dim: 0) : null;
        if (!needsInput)
            return scope.Return(ctx, null, gw, null, null, null);
        // with x̂ = x/rms and ĝ = g·w: gx = (ĝ − x̂·mean(ĝ·x̂)) / rms
        var gx = g.mul(w);
        var mean = gx.mul(normed).mean([-1], keepdim: true);
        gx = gx.sub_(normed.mul_(mean)).mul_(inverse);
        return scope.Return(ctx, gx, gw, null, null, null);
    }
}
