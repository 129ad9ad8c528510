using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// y = (x − mean) / √(var + ε) · w + b over the last dimension (layer norm, arXiv 1607.06450): the root-mean-square norm of what is
/// left of x without its mean. Keeps x, in some type, and one number a token; the mean is taken again in backward.
/// </summary>
internal sealed class LayerNormFunction : autograd.SingleTensorFunction<LayerNormFunction>
{
    /// <summary>What does not change between forward and backward.</summary>
    private sealed record Call(Norm Norm, ActivationType Kept, bool NeedsInput, bool NeedsWeight, bool NeedsBias);

    public override string Name => "LayerNorm";

    /// <summary>Normalises <paramref name="x"/> <c>[…, size]</c>; x is kept in some type.</summary>
    public static Tensor Apply(Tensor x, Norm norm, ActivationType kept)
    {
        using var profile = ProfileScope.Within(norm.Scope);
        var recorded = is_grad_enabled();
        var call = new Call(norm, kept, recorded && x.requires_grad, recorded && norm.Weight.requires_grad, recorded && norm.Bias!.requires_grad);
        return ForwardScope.Run(() => apply(x, norm.Weight, norm.Bias!, call));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, w, b, call) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Call)vars[3]);
        var (y, inverse) = ElementWise.KernelsFor(x) is { } kernels
            ? ElementWise.LayerNorm(kernels, x, w, b, call.Norm.Epsilon)
            : ForwardByOperators(x, w, b, call.Norm.Epsilon);
        ctx.set_materialize_grads(false);
        ctx.save_data("call", call);
        if (call.NeedsInput || call.NeedsWeight || call.NeedsBias)
            ctx.save_for_backward([SavedActivation.Pack(x, call.Kept), w, inverse]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        var call = (Call)ctx.get_data("call");
        using var profile = ProfileScope.Called(call.Norm.Scope, call.Norm.Before);
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables();
        var (x, w, inverse) = (saved[0], saved[1], saved[2]);
        var gb = call.NeedsBias ? g.flatten(0, -2).sum(dim: 0) : null;
        if (ElementWise.KernelsFor(g) is { } kernels)
        {
            var (gx, gw) = ElementWise.LayerNormBackward(kernels, (x, w, inverse), g, call.NeedsInput, call.NeedsWeight);
            return scope.Return(ctx, gx, gw, gb, null);
        }
        var normed = Centered(SavedActivation.Unpack(x)).mul_(inverse);
        return scope.Return(ctx, call.NeedsInput ? InputGradient(normed, w, inverse, g) : null,
            call.NeedsWeight ? normed.mul(g).flatten(0, -2).sum(dim: 0) : null, gb, null);
    }

    private static Tensor Centered(Tensor x) => x.sub(x.mean([-1], keepdim: true));

    private static (Tensor Y, Tensor Inverse) ForwardByOperators(Tensor x, Tensor w, Tensor b, double epsilon)
    {
        var centered = Centered(x);
        var inverse = centered.square().mean([-1], keepdim: true).add_(epsilon).rsqrt_();
        return (centered.mul_(inverse).mul_(w).add_(b), inverse);
    }

    // with x̂ the normed x and ĝ = g·w: gx = (ĝ − mean(ĝ) − x̂·mean(ĝ·x̂)) / σ
    private static Tensor InputGradient(Tensor normed, Tensor w, Tensor inverse, Tensor g)
    {
        var gx = g.mul(w);
        var mean = gx.mul(normed).mean([-1], keepdim: true);
        return gx.sub_(gx.mean([-1], keepdim: true)).sub_(normed.mul(mean)).mul_(inverse);
    }
}
