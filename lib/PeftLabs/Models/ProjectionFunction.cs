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
    private const int Input = 0, Weight = 1, Bias = 2, A = 3, B = 4, Up = 5, Arguments = 7;

    /// <summary>What forward is asked for.</summary>
    private sealed record Request(StoredWeight Weight, SharedInput Input, SharedInput? Up, double Scaling, double Dropout)
    {
        /// <summary>Whether backward may come.</summary>
        public required bool IsRecorded { get; init; }

        /// <summary>Whether y is to be computed.</summary>
        public required bool OutputNeeded { get; init; }
    }

    /// <summary>What does not change between forward and backward, and which tensors were saved.</summary>
    private sealed record Call(StoredWeight Weight, double Scaling, double Dropout, bool[] Needs)
    {
        public bool HasUpdate { get; init; }
        public bool HasMask { get; init; }
        public bool IsGated { get; init; }
    }

    public override string Name => "Projection";

    /// <summary>
    /// Applies a projection to an input's rows <c>[tokens, in]</c>, or, where <paramref name="up"/> is given, to silu(input)·up. Without
    /// <paramref name="outputNeeded"/> everything is made ready for backward, but y is zeros without storage.
    /// </summary>
    public static Tensor Apply(SharedInput input, SharedInput? up, Projection projection, bool outputNeeded)
    {
        var (weight, update) = (projection.Weight, projection.Update);
        var trained = weight is DenseWeight { Parameter.requires_grad: true } dense ? dense.Parameter : null;
        var request = new Request(weight, input, up, update?.Scaling ?? 0, projection.training ? update?.Dropout ?? 0 : 0)
        {
            IsRecorded = is_grad_enabled(),
            OutputNeeded = outputNeeded,
        };
        return ForwardScope.Run(() => apply(input.Rows, trained!, projection.Bias!, update?.A!, update?.B!, up?.Rows!, request));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var request = (Request)vars[6];
        var (x, bias, a, b, up) = ((Tensor)vars[Input], (Tensor?)vars[Bias], (Tensor?)vars[A], (Tensor?)vars[B], (Tensor?)vars[Up]);
        var input = up is null || (!request.OutputNeeded && a is null) ? x : SwiGlu.Forward(x, up);
        var y = request.OutputNeeded ? request.Weight.Multiply(input) : zeros([1, 1], device: x.device).expand(x.shape[0], request.Weight.Rows);
        if (bias is not null && request.OutputNeeded)
            y = y.add_(bias);
        List<Tensor> saved = [];
        Tensor? mask = null;
        if (a is not null && b is not null)
        {
            mask = request.Dropout > 0 ? rand_like(input).ge(request.Dropout) : null;
            var h = Dropped(input, mask, request.Dropout).mm(a.t());
            if (request.OutputNeeded)
                y = y.addmm_(h, b.t(), alpha: (float)request.Scaling);
            saved.AddRange([a, b, h, .. mask is null ? Array.Empty<Tensor>() : [mask]]);
        }
        var needs = Array.ConvertAll(vars, v => v is Tensor { requires_grad: true });
        if (request.IsRecorded && needs.Contains(true))
            Save(ctx, request, needs, saved, mask is not null);
        return y;
    }

    private static void Save(autograd.AutogradContext ctx, Request request, bool[] needs, List<Tensor> saved, bool hasMask)
    {
        var hasUpdate = saved.Count > 0;
        if (request.Up is { } up)
            saved.AddRange([request.Input.Kept(), up.Kept()]);
        else if (needs[Weight] || needs[A])
            saved.Add(request.Input.Kept());
        ctx.set_materialize_grads(false);
        ctx.save_for_backward(saved);
        ctx.save_data("call", new Call(request.Weight, request.Scaling, request.Dropout, needs)
        {
            HasUpdate = hasUpdate,
            HasMask = hasMask,
            IsGated = request.Up is not null,
        });
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var call = (Call)ctx.get_data("call");
        var saved = ctx.get_saved_variables();
        var gradients = new Tensor?[Arguments];
        var (gate, up) = call.IsGated ? (SavedActivation.Unpack(saved[^2]), SavedActivation.Unpack(saved[^1])) : (null, null);
        var input = call.Needs[Weight] || call.Needs[A] ? gate is null ? SavedActivation.Unpack(saved[^1]) : SwiGlu.Forward(gate, up!) : null;
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
            (gradients[Input], gradients[Up]) = gate is null ? (gx, null) : SwiGlu.Backward(gate, up!, gx);
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
