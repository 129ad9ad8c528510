using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// y = x·Wᵀ + b + s·(d·Aᵀ)·Bᵀ with d = dropout(x), as one autograd function. It keeps x only where W or A is trained, the small
/// h = d·Aᵀ, and the dropout mask; W is read again in backward, from whatever format it is stored in. Where x is a gated product
/// (<see cref="SwiGlu"/>), its two inputs are kept instead, and x is computed again.
/// </summary>
internal sealed class ProjectionFunction : autograd.SingleTensorFunction<ProjectionFunction>
{
    // Where each thing stands among the function's arguments, and its gradient in what backward returns.
    private const int Input = 0, Weight = 1, Bias = 2, A = 3, B = 4, Up = 5;

    /// <summary>What does not change between forward and backward, and which tensors were saved.</summary>
    private sealed record Call(StoredWeight Weight, double Scaling, double Dropout, bool[] Needs)
    {
        public bool HasUpdate { get; init; }
        public bool HasMask { get; init; }
        public bool IsGated { get; init; }
    }

    public override string Name => "Projection";

    /// <summary>
    /// Applies a projection to <paramref name="x"/> <c>[tokens, in]</c>, or, where <paramref name="up"/> is given, to silu(x)·up.
    /// </summary>
    public static Tensor Apply(Tensor x, Tensor? up, StoredWeight weight, Tensor? bias, LowRankUpdate? update, bool training)
    {
        var trained = weight is DenseWeight { Parameter.requires_grad: true } dense ? dense.Parameter : null;
        return ForwardScope.Run(() => apply(x, trained!, bias!, update?.A!, update?.B!, up!, weight, update?.Scaling ?? 0.0,
            training ? update?.Dropout ?? 0.0 : 0.0));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var needs = vars.Select(v => v is Tensor { requires_grad: true }).ToArray();
        var (x, bias, a, b, up) = ((Tensor)vars[Input], (Tensor?)vars[Bias], (Tensor?)vars[A], (Tensor?)vars[B], (Tensor?)vars[Up]);
        var call = new Call((StoredWeight)vars[6], (double)vars[7], (double)vars[8], needs) { HasUpdate = a is not null, IsGated = up is not null };
        var input = up is null ? x : SwiGlu.Forward(x, up);
        var y = call.Weight.Multiply(input);
        if (bias is not null)
            y = y.add_(bias);
        List<Tensor> saved = [];
        if (a is not null && b is not null)
        {
            var mask = call.Dropout > 0 ? rand_like(input).ge(call.Dropout) : null;
            var h = Dropped(input, mask, call.Dropout).mm(a.t());
            y = y.addmm_(h, b.t(), alpha: (float)call.Scaling);
            saved.AddRange([a, b, h, .. mask is null ? Array.Empty<Tensor>() : [mask]]);
            call = call with { HasMask = mask is not null };
        }
        if (up is not null)
            saved.AddRange([x, up]);
        else if (needs[Weight] || needs[A])
            saved.Add(x);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward(saved);
        ctx.save_data("call", call);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var call = (Call)ctx.get_data("call");
        var saved = ctx.get_saved_variables();
        var gradients = new Tensor?[9];
        var input = call.IsGated ? null : saved.LastOrDefault();
        if (call.IsGated && (call.Needs[Weight] || call.Needs[A]))
            input = SwiGlu.Forward(saved[^2], saved[^1]);
        gradients[Weight] = call.Needs[Weight] ? g.t().mm(input!) : null;
        gradients[Bias] = call.Needs[Bias] ? g.sum(dim: 0) : null;
        var gh = call.HasUpdate ? g.mm(saved[1]).mul_(call.Scaling) : null;
        var mask = call.HasMask ? saved[3] : null;
        gradients[A] = call.Needs[A] ? gh!.t().mm(Dropped(input!, mask, call.Dropout)) : null;
        gradients[B] = call.Needs[B] ? g.t().mm(saved[2]).mul_(call.Scaling) : null;
        if (call.IsGated)
            input?.Dispose();
        if (call.Needs[Input] || call.Needs[Up])
        {
            var gx = InputGradient(call, g, gh, saved, mask);
            (gradients[Input], gradients[Up]) = call.IsGated ? SwiGlu.Backward(saved[^2], saved[^1], gx) : (gx, null);
        }
        return scope.Return(ctx, gradients);
    }

    // gx = g·W + s·(g·B)·A, the second part through dropout.
    private static Tensor InputGradient(Call call, Tensor g, Tensor? gh, List<Tensor> saved, Tensor? mask)
    {
        var gx = call.Weight.MultiplyTransposed(g);
        if (gh is null)
            return gx;
        return mask is null ? gx.addmm_(gh, saved[0]) : gx.add_(Dropped(gh.mm(saved[0]), mask, call.Dropout));
    }

    // Inverted dropout: what is kept is scaled up by 1 / (1 − p), so that inference needs no factor.
    private static Tensor Dropped(Tensor x, Tensor? mask, double dropout) =>
        mask is null ? x : x.mul(mask).mul_(1 / (1 - dropout));
}
