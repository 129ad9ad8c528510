using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>
/// Mean cross entropy of logits <c>[tokens, vocabulary]</c> against labels <c>[tokens]</c>. It keeps the logits and, in backward,
/// turns them into their own gradient in place: logits exist once, not three times. Backward runs once.
/// </summary>
internal sealed class CrossEntropyFunction : autograd.SingleTensorFunction<CrossEntropyFunction>
{
    // Softmax works through some rows at a time, so that its temporaries stay a small part of the logits.
    private const long RowsAtOnce = 64;

    public override string Name => "CrossEntropy";

    /// <summary>The loss, a scalar: the mean over <paramref name="count"/> labels. The logits are used up.</summary>
    public static Tensor Apply(Tensor logits, Tensor labels, long count)
    {
        return ForwardScope.Run(() => apply(logits, labels, count));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (logits, labels, count) = ((Tensor)vars[0], (Tensor)vars[1], (long)vars[2]);
        var total = zeros([], dtype: ScalarType.Float32, device: logits.device);
        ForEachRows(logits, labels, (rows, targets) =>
        {
            // −log p = logsumexp(z) − z[label]
            var chosen = rows.gather(1, targets.unsqueeze(1)).squeeze(1);
            total.add_(rows.logsumexp(1).sub_(chosen).sum());
        });
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([logits, labels]);
        ctx.save_data("count", count);
        return total.div_(count);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables();
        var (logits, labels) = (saved[0].detach(), saved[1]);
        var factor = g.div((long)ctx.get_data("count"));
        ForEachRows(logits, labels, (rows, targets) =>
        {
            // dz = (softmax(z) − onehot(label))·g/n
            rows.copy_(rows.softmax(1).mul_(factor));
            var index = targets.unsqueeze(1);
            rows.scatter_add_(1, index, factor.neg().expand(index.shape));
        });
        return scope.Return(ctx, logits, null, null);
    }

    private static void ForEachRows(Tensor logits, Tensor labels, Action<Tensor, Tensor> use)
    {
        for (var row = 0L; row < logits.shape[0]; row += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(RowsAtOnce, logits.shape[0] - row);
            use(logits.narrow(0, row, count), labels.narrow(0, row, count));
        }
    }
}
