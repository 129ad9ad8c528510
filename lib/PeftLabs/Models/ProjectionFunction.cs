using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// y = x·Wᵀ + b + s·(d·Aᵀ)·Bᵀ with d = dropout(x), as one autograd function. It keeps x only where W or A is trained, the small
/// h = d·Aᵀ; the dropout mask is made again, and W read again, in backward, from whatever format it is stored in. Where x is a feed-forward's
/// activation (<see cref="InnerActivation"/>), what goes into that is kept instead, and x is computed again.
/// </summary>
internal sealed class ProjectionFunction : autograd.SingleTensorFunction<ProjectionFunction>
{
    // Where each thing stands among the function's arguments, and its gradient in what backward returns.
    private const int Input = 0, Weight = 1, Bias = 2, A = 3, B = 4, Up = 5, Arguments = 7;

    /// <summary>What forward is asked for.</summary>
    private sealed record Request(
        ScopePath Scope, StoredWeight Weight, SharedInput Input, SharedInput? Up, double Scaling, DropoutMask? Dropout)
    {
        /// <summary>Whether backward may come.</summary>
        public required bool IsRecorded { get; init; }

        /// <summary>Whether y is to be computed.</summary>
        public required bool OutputNeeded { get; init; }

        /// <summary>The activation that makes x of the inputs.</summary>
        public InnerActivation? Inner { get; init; }
    }

    /// <summary>What does not change between forward and backward, and which tensors were saved.</summary>
    private sealed record Call(ScopePath Scope, StoredWeight Weight, double Scaling, DropoutMask? Dropout, bool[] Needs)
    {
        public bool HasUpdate { get; init; }
        public InnerActivation? Inner { get; init; }
    }

    public override string Name => "Projection";

    /// <summary>
    /// Applies a projection to an input's rows <c>[tokens, in]</c>, or, where <paramref name="inner"/> is given, to that activation of
    /// input and up. Without <paramref name="outputNeeded"/> everything is made ready for backward, but y is zeros without storage.
    /// </summary>
    public static Tensor Apply(SharedInput input, SharedInput? up, InnerActivation? inner, Projection projection, bool outputNeeded)
    {
        using var scope = ProfileScope.Within(projection.Scope);
        var (weight, update) = (projection.Weight, projection.Update);
        var trained = weight is DenseWeight { Parameter.requires_grad: true } dense ? dense.Parameter : null;
        var request = new Request(projection.Scope, weight, input, up, update?.Scaling ?? 0, projection.DropoutMask)
        {
            IsRecorded = is_grad_enabled(),
            OutputNeeded = outputNeeded,
            Inner = inner,
        };
        return ForwardScope.Run(() => apply(input.Rows, trained!, projection.Bias!, update?.A!, update?.B!, up?.Rows!, request));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var request = (Request)vars[6];
        var (x, bias, a, b, up) = ((Tensor)vars[Input], (Tensor?)vars[Bias], (Tensor?)vars[A], (Tensor?)vars[B], (Tensor?)vars[Up]);
        var input = request.Inner is null || (!request.OutputNeeded && a is null) ? x : request.Inner.Forward(x, up);
        var y = request.OutputNeeded ? Product(request.Weight, input) : zeros([1, 1], device: x.device).expand(x.shape[0], request.Weight.Rows);
        if (bias is not null && request.OutputNeeded)
            y = y.add_(bias);
        List<Tensor> saved = [];
        if (a is not null && b is not null)
        {
            using var part = ProfileScope.Part("adapter product");
            var h = Dropped(input, request.Dropout).mm(a.t());
            if (request.OutputNeeded)
                y = y.addmm_(h, b.t(), alpha: (float)request.Scaling);
            saved.AddRange([a, b, h]);
        }
        var needs = Array.ConvertAll(vars, v => v is Tensor { requires_grad: true });
        if (request.IsRecorded && needs.Contains(true))
            Save(ctx, request, needs, saved);
        return y;
    }

    private static void Save(autograd.AutogradContext ctx, Request request, bool[] needs, List<Tensor> saved)
    {
        using var part = ProfileScope.Part("kept for backward");
        var call = new Call(request.Scope, request.Weight, request.Scaling, request.Dropout, needs)
        {
            HasUpdate = saved.Count > 0,
            Inner = request.Inner,
        };
        if (request.Up is { } up)
            saved.AddRange([request.Input.Kept(), up.Kept()]);
        else if (needs[Weight] || needs[A] || request.Inner is not null)
            saved.Add(request.Input.Kept());
        ctx.set_materialize_grads(false);
        ctx.save_for_backward(saved);
        ctx.save_data("call", call);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        var call = (Call)ctx.get_data("call");
        using var profile = ProfileScope.Called(call.Scope);
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables();
        var gradients = new Tensor?[Arguments];
        var gh = call.HasUpdate ? LowRankGradient(call, g, saved[1]) : null;
        gradients[B] = call.Needs[B] ? UpGradient(call, g, saved[2]) : null;
        gradients[Bias] = call.Needs[Bias] ? g.sum(dim: 0) : null;
        var inputNeeded = call.Needs[Weight] || call.Needs[A];
        Tensor? input = null;
        if (call.Needs[Input] || call.Needs[Up])
            (gradients[Input], gradients[Up], input) = InputGradients(call, g, gh, saved, inputNeeded);
        else if (inputNeeded)
            input = call.Inner is null ? saved[^1] : Activated(call.Inner, saved);
        gradients[A] = call.Needs[A] ? DownGradient(call, gh!, input!) : null;
        gradients[Weight] = call.Needs[Weight] ? WeightGradient(g, input!) : null;
        return scope.Return(ctx, gradients);
    }

    private static Tensor Product(StoredWeight weight, Tensor input)
    {
        using var part = ProfileScope.Part("weight product");
        return weight.Multiply(input);
    }

    // gh = s·g·B
    private static Tensor LowRankGradient(Call call, Tensor g, Tensor b)
    {
        using var part = ProfileScope.Part("adapter gradient");
        return g.mm(b).mul_(call.Scaling);
    }

    // gB = s·gᵀ·h
    private static Tensor UpGradient(Call call, Tensor g, Tensor h)
    {
        using var part = ProfileScope.Part("B gradient");
        return g.t().mm(h).mul_(call.Scaling);
    }

    // gA = ghᵀ·d
    private static Tensor DownGradient(Call call, Tensor gh, Tensor input)
    {
        using var part = ProfileScope.Part("A gradient");
        return gh.t().mm(Dropped(input, call.Dropout));
    }

    // gW = gᵀ·x
    private static Tensor WeightGradient(Tensor g, Tensor input)
    {
        using var part = ProfileScope.Part("weight gradient");
        return g.t().mm(SavedActivation.Unpack(input));
    }

    // The gradients of x, or of gate and up, and what was multiplied, as it was kept or computed again.
    private static (Tensor Input, Tensor? Up, Tensor? Multiplied) InputGradients(
        Call call, Tensor g, Tensor? gh, List<Tensor> saved, bool inputNeeded)
    {
        var gx = InputGradient(call, g, gh, saved);
        if (call.Inner is not { } inner)
            return (gx, null, inputNeeded ? saved[^1] : null);
        // What goes into it is kept for this function alone, and backward runs once.
        var (x, up) = Kept(inner, saved);
        return inner.Backward(x, up, gx, inputNeeded, overwrites: true);
    }

    private static Tensor Activated(InnerActivation inner, List<Tensor> saved)
    {
        var (x, up) = Kept(inner, saved);
        return inner.Forward(x, up);
    }

    private static (Tensor Input, Tensor? Up) Kept(InnerActivation inner, List<Tensor> saved) =>
        inner.Gate == GateKind.Separate ? (saved[^2], saved[^1]) : (saved[^1], null);

    // gx = g·W + s·(g·B)·A, the second part through dropout.
    private static Tensor InputGradient(Call call, Tensor g, Tensor? gh, List<Tensor> saved)
    {
        using var part = ProfileScope.Part("input gradient");
        var gx = call.Weight.MultiplyTransposed(g);
        if (gh is null)
            return gx;
        return call.Dropout is { } mask ? InputDropout.AddTo(gx, gh.mm(saved[0]), mask) : gx.addmm_(gh, saved[0]);
    }

    private static Tensor Dropped(Tensor x, DropoutMask? mask) => mask is { } some ? InputDropout.Apply(x, some) : SavedActivation.Unpack(x);
}
