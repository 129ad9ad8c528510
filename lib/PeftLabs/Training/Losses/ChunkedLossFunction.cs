using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>
/// Head and cross entropy as one function, some tokens at a time, so that logits never exist whole. The gradient of a loss is linear
/// in what comes in from above, a number: forward computes all gradients of the sum while it has a chunk's logits at hand, and
/// backward only multiplies. What is kept are the gradients of the labelled tokens' hidden states, and of the head's trained parts.
/// Backward runs once.
/// </summary>
internal sealed class ChunkedLossFunction : autograd.SingleTensorFunction<ChunkedLossFunction>
{
    private const int Hidden = 0, Weight = 1, Bias = 2, A = 3, B = 4, Arguments = 8;

    private static readonly ScopePath s_scope = ScopePath.Of("loss");

    // What a product's kernel takes at a time; a rest of rows costs nearly as much as all of them.
    private const long RowUnit = 16;

    private sealed record Call(Projection Head, Tensor Labels, Tensor Places, LossTerms Terms, long ChunkRows, bool Records);

    public override string Name => "ChunkedLoss";

    /// <summary>
    /// The loss, a scalar: the sum over <paramref name="labels"/> divided by <paramref name="count"/>.
    /// </summary>
    /// <param name="hidden">What the head sees, <c>[tokens, hidden]</c>.</param>
    /// <param name="places">The rows that predict, int64 <c>[n]</c>, each at most once.</param>
    /// <param name="labels">What they predict, int64 <c>[n]</c>, each in the vocabulary.</param>
    /// <param name="head">The head.</param>
    /// <param name="count">Targets of the whole step.</param>
    /// <param name="terms">What is summed.</param>
    /// <param name="chunkBytes">The most bytes of logits at once; a row's are the least.</param>
    public static Tensor Apply(Tensor hidden, Tensor places, Tensor labels, Projection head, long count, LossTerms terms, long chunkBytes)
    {
        var trained = head.Weight is DenseWeight { Parameter.requires_grad: true } dense ? dense.Parameter : null;
        var call = new Call(head, labels, places, terms, Rows(places.shape[0], head.OutFeatures, chunkBytes), is_grad_enabled());
        return ForwardScope.Run(() => apply(hidden, trained!, head.Bias!, head.Update?.A!, head.Update?.B!, call, count, head.OutFeatures));
    }

    /// <summary>Rows of a chunk: all chunks have about as many, and a multiple of 16 where 16 are allowed.</summary>
    public static long Rows(long rows, long vocabulary, long chunkBytes)
    {
        var most = Math.Max(1, chunkBytes / (sizeof(float) * vocabulary));
        var unit = most < RowUnit ? 1 : RowUnit;
        most -= most % unit;
        var chunks = Math.Max(1, (rows + most - 1) / most);
        var each = Math.Max(1, (rows + chunks - 1) / chunks);
        return Math.Min(Math.Max(1, rows), (each + unit - 1) / unit * unit);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, call, count) = (((Tensor)vars[Hidden]).detach(), (Call)vars[5], (long)vars[6]);
        var needs = vars.Select(v => call.Records && v is Tensor { requires_grad: true }).ToArray();
        Tensor? Trained(int index) => needs[index] ? (Tensor)vars[index] : null;
        var head = new HeadGradients(call.Head, needs[Hidden], Trained(Weight), Trained(Bias), Trained(A), Trained(B));
        var total = zeros([], dtype: ScalarType.Float64, device: hidden.device);
        var rows = needs[Hidden] ? empty([call.Places.shape[0], hidden.shape[1]], dtype: ScalarType.Float32, device: hidden.device) : null;
        for (var row = 0L; row < call.Places.shape[0]; row += call.ChunkRows)
        {
            using var scope = NewDisposeScope();
            var chunk = Math.Min(call.ChunkRows, call.Places.shape[0] - row);
            var (x, labels) = (hidden.index_select(0, call.Places.narrow(0, row, chunk)), call.Labels.narrow(0, row, chunk));
            var gradient = head.Run(x, logits => CrossEntropyRows.Add(logits, labels, call.Terms, total, head.Any));
            if (gradient is not null)
                rows!.narrow(0, row, chunk).copy_(gradient);
        }
        ctx.set_materialize_grads(false);
        ctx.save_for_backward(head.Any ? [.. rows is null ? Array.Empty<Tensor>() : [call.Places, rows], .. head.All] : []);
        ctx.save_data("call", (needs, count, hidden.shape[0]));
        return total.div_(count).to(ScalarType.Float32);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var profile = ProfileScope.Called(s_scope);
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var (needs, count, tokens) = ((bool[], long, long))ctx.get_data("call");
        var saved = new Queue<Tensor>(ctx.get_saved_variables());
        var factor = g.div(count);
        var gradients = new Tensor?[Arguments];
        if (needs[Hidden])
        {
            var (places, rows) = (saved.Dequeue(), saved.Dequeue().detach().mul_(factor));
            gradients[Hidden] = zeros([tokens, rows.shape[1]], dtype: ScalarType.Float32, device: rows.device).index_copy_(0, places, rows);
        }
        for (var index = Weight; index <= B; index++)
            gradients[index] = needs[index] ? saved.Dequeue().detach().mul_(factor) : null;
        return scope.Return(ctx, gradients);
    }
}
