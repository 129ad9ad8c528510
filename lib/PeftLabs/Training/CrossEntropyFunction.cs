using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>
/// Cross entropy of logits <c>[tokens, vocabulary]</c> against labels <c>[tokens]</c>. Where a gradient is wanted, forward turns the
/// logits into it, in place, up to a factor that backward brings: logits exist once, not three times. Backward runs once.
/// </summary>
internal sealed class CrossEntropyFunction : autograd.SingleTensorFunction<CrossEntropyFunction>
{
    private static readonly ScopePath s_scope = ScopePath.Of("loss");

    public override string Name => "CrossEntropy";

    /// <summary>The loss, a scalar: the sum over labels, each in the vocabulary, divided by a count. The logits are used up.</summary>
    public static Tensor Apply(Tensor logits, Tensor labels, long count, LossTerms terms)
    {
        var gradient = is_grad_enabled() && logits.requires_grad;
        return ForwardScope.Run(() => apply(logits, labels, count, terms, gradient));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (logits, labels, count, gradient) = (((Tensor)vars[0]).detach(), (Tensor)vars[1], (long)vars[2], (bool)vars[4]);
        var total = zeros([], dtype: ScalarType.Float64, device: logits.device);
        CrossEntropyRows.Add(logits, labels, (LossTerms)vars[3], total, gradient);
        ctx.set_materialize_grads(false);
        if (gradient)
            ctx.save_for_backward([logits]);
        ctx.save_data("count", count);
        return total.div_(count).to(ScalarType.Float32);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var profile = ProfileScope.Called(s_scope);
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var gradient = ctx.get_saved_variables()[0].detach();
        gradient.mul_(g.div((long)ctx.get_data("count")));
        return scope.Return(ctx, gradient, null, null, null, null);
    }
}
