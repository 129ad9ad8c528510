using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// y = x / √(mean(x²) + ε) · w over the last dimension (RMSNorm, arXiv 1910.07467), or with 1 + w in the place of w. Keeps x, in some type,
/// and one number a token.
/// </summary>
internal sealed class RmsNormFunction : autograd.SingleTensorFunction<RmsNormFunction>
{
    /// <summary>What does not change between forward and backward.</summary>
    private sealed record Call(double Epsilon, ActivationType Kept, bool NeedsInput, bool NeedsWeight)
    {
        public required ScopePath Scope { get; init; }
        public ScopePath? Before { get; init; }
        public double Offset { get; init; }

        /// <summary>What x is scaled with.</summary>
        public Tensor Scale(Tensor weight) => Offset == 0 ? weight : weight.add(Offset);
    }

    /// <summary>Where a norm that belongs to no block stands in a profile.</summary>
    public static readonly ScopePath Alone = ScopePath.Of("norm");

    public override string Name => "RmsNorm";

    /// <summary>
    /// Normalises <paramref name="x"/> <c>[…, size]</c> with <paramref name="weight"/> <c>[size]</c>, to which an offset is added; x is
    /// kept in some type. A profile has it at the place's scope, and what the engine does behind it in backward at what is before.
    /// </summary>
    public static Tensor Apply(Tensor x, Tensor weight, double epsilon, ActivationType kept = ActivationType.Float32,
        (ScopePath Scope, ScopePath? Before)? place = null, double offset = 0)
    {
        var (scope, before) = place ?? (Alone, null);
        using var profile = ProfileScope.Within(scope);
        var recorded = is_grad_enabled();
        var call = new Call(epsilon, kept, recorded && x.requires_grad, recorded && weight.requires_grad)
        {
            Scope = scope,
            Before = before,
            Offset = offset,
        };
        return ForwardScope.Run(() => apply(x, weight, call));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, w, call) = ((Tensor)vars[0], (Tensor)vars[1], (Call)vars[2]);
        var (y, inverse) = ElementWise.KernelsFor(x) is { } kernels
            ? ElementWise.RmsNorm(kernels, x, call.Scale(w), call.Epsilon)
            : ForwardByOperators(x, call.Scale(w), call.Epsilon);
        ctx.set_materialize_grads(false);
        ctx.save_data("call", call);
        if (call.NeedsInput || call.NeedsWeight)
            ctx.save_for_backward([SavedActivation.Pack(x, call.Kept), w, inverse]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        var call = (Call)ctx.get_data("call");
        using var profile = ProfileScope.Called(call.Scope, call.Before);
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables();
        var (x, w, inverse) = (saved[0], call.Scale(saved[1]), saved[2]);
        if (ElementWise.KernelsFor(g) is { } kernels)
            return scope.Return(ctx,
                call.NeedsInput ? ElementWise.RmsNormBackward(kernels, x, w, inverse, g) : null,
                call.NeedsWeight ? ElementWise.RmsNormWeight(kernels, x, inverse, g) : null, null);
        var normed = SavedActivation.Unpack(x).mul(inverse);
        var gw = call.NeedsWeight ? normed.mul(g).flatten(0, -2).sum(dim: 0) : null;
        return scope.Return(ctx, call.NeedsInput ? InputGradient(normed, w, inverse, g) : null, gw, null);
    }

    private static (Tensor Y, Tensor Inverse) ForwardByOperators(Tensor x, Tensor w, double epsilon)
    {
        var inverse = x.square().mean([-1], keepdim: true).add_(epsilon).rsqrt_();
        return (x.mul(inverse).mul_(w), inverse);
    }

    // with x̂ = x/rms and ĝ = g·w: gx = (ĝ − x̂·mean(ĝ·x̂)) / rms
    private static Tensor InputGradient(Tensor normed, Tensor w, Tensor inverse, Tensor g)
    {
        var gx = g.mul(w);
        var mean = gx.mul(normed).mean([-1], keepdim: true);
        return gx.sub_(normed.mul_(mean)).mul_(inverse);
    }
}
