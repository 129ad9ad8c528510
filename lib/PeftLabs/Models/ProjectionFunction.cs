using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// y = x·Wᵀ + b + s·(d·Aᵀ)·Bᵀ with d = dropout(x), as one autograd function. It keeps x only where W or A is trained, the small
/// h = d·Aᵀ, and the dropout mask; W is read again in backward, from whatever format it is stored in.
/// </summary>
internal sealed class ProjectionFunction : autograd.SingleTensorFunction<ProjectionFunction>
{
    /// <summary>What does not change between forward and backward, and which tensors were saved.</summary>
    private sealed record Call(StoredWeight Weight, double Scaling, double Dropout)
    {
        public bool Input { get; init; }
        public bool Mask { get; init; }
        public required bool[] Needs { get; init; }
    }

    public override string Name => "Projection";

    /// <summary>Applies a projection to <paramref name="x"/> <c>[tokens, in]</c>.</summary>
    public static Tensor Apply(Tensor x, StoredWeight weight, Tensor? bias, LowRankUpdate? update, bool training)
    {
        var trained = weight is DenseWeight { Parameter.requires_grad: true } dense ? dense.Parameter : null;
        return ForwardScope.Run(() => apply(x, trained!, bias!, update?.A!, update?.B!, weight, update?.Scaling ?? 0.0,
            training ? update?.Dropout ?? 0.0 : 0.0));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, bias, a, b) = ((Tensor)vars[0], (Tensor?)vars[2], (Tensor?)vars[3], (Tensor?)vars[4]);
        var call = new Call((StoredWeight)vars[5], (double)vars[6], (double)vars[7]) { Needs = NeedsGradient(vars) };
        var y = call.Weight.Multiply(x);
        if (bias is not null)
            y = y.add_(bias);
        List<Tensor> saved = [];
        if (a is not null && b is not null)
        {
            var mask = call.Dropout > 0 ? rand_like(x).ge(call.Dropout) : null;
            var h = Dropped(x, mask, call.Dropout).mm(a.t());
            y = y.addmm_(h, b.t(), alpha: (float)call.Scaling);
            saved.AddRange([a, b, h]);
            if (mask is not null)
                saved.Add(mask);
            call = call with { Mask = mask is not null, Input = call.Needs[3] };
        }
        if (call.Input || call.Needs[1])
            saved.Add(x);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward(saved);
        ctx.save_data("call", call with { Input = call.Input || call.Needs[1] });
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var call = (Call)ctx.get_data("call");
        var saved = ctx.get_saved_variables();
        var x = call.Input ? saved[^1] : null;
        var gx = call.Needs[0] ? call.Weight.MultiplyTransposed(g) : null;
        var gw = call.Needs[1] ? g.t().mm(x!) : null;
        var gb = call.Needs[2] ? g.sum(dim: 0) : null;
        if (saved.Count < 3)
            return scope.Return(ctx, gx, gw, gb, null, null, null, null, null);
        var (a, b, h, mask) = (saved[0], saved[1], saved[2], call.Mask ? saved[3] : null);
        var gh = g.mm(b).mul_(call.Scaling);
        var ga = call.Needs[3] ? gh.t().mm(Dropped(x!, mask, call.Dropout)) : null;
        var gB = call.Needs[4] ? g.t().mm(h).mul_(call.Scaling) : null;
        if (gx is not null)
            gx = mask is null ? gx.addmm_(gh, a) : gx.add_(Dropped(gh.mm(a), mask, call.Dropout));
        return scope.Return(ctx, gx, gw, gb, ga, gB, null, null, null);
    }

    // Inverted dropout: what is kept is scaled up by 1 / (1 − p), so that inference needs no factor.
    private static Tensor Dropped(Tensor x, Tensor? mask, double dropout) =>
        mask is null ? x : x.mul(mask).mul_(1 / (1 - dropout));

    private static bool[] NeedsGradient(object[] vars) =>
        [.. vars.Select(v => v is Tensor { requires_grad: true })];
}
