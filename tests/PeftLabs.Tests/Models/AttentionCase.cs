using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

/// <summary>Queries, keys and values of some shape, and what attention must make of them by the plain formula in double.</summary>
internal sealed class AttentionCase : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly AttentionPattern _pattern;

    public AttentionCase(ulong seed, long batch, long keyHeads, long group, long tokens, long keys, long size, AttentionPattern pattern)
    {
        _pattern = pattern;
        Q = Random("q", batch, keyHeads * group, tokens, size);
        K = Random("k", batch, keyHeads, keys, size);
        V = Random("v", batch, keyHeads, keys, size);
        Gradient = Random("g", batch, tokens, keyHeads * group * size);

        Tensor Random(string name, params long[] shape)
        {
            var values = new float[shape.Aggregate((a, b) => a * b)];
            new NormalNumbers(seed, name, 1).Fill(values, 0);
            return tensor(values, shape);
        }
    }

    public Tensor Q { get; }

    public Tensor K { get; }

    public Tensor V { get; }

    public Tensor Gradient { get; }

    /// <summary>Output and the gradients of q, k and v.</summary>
    public Tensor[] Run(Func<Tensor, Tensor, Tensor, AttentionPattern, Tensor> attend)
    {
        // V as attention gets it, a transposed view; and leaves whose gradients are wanted.
        var (q, k, v) = (Leaf(Q), Leaf(K), Leaf(V.transpose(1, 2).contiguous()));
        var output = attend(q, k, v.transpose(1, 2), _pattern);
        output.backward([Gradient.to(output.dtype)]);
        BackwardScope.Release();
        return [output.detach(), q.grad!, k.grad!, v.grad!];
    }

    /// <summary>The same by softmax(q·kᵀ/√d + mask)·v in double, the scores capped where the pattern says so, the mask decided for each pair of tokens.</summary>
    public Tensor[] Expected()
    {
        var hidden = Hidden();
        return Run((q, k, v, _) =>
        {
            var (heads, keys) = (q.shape[1], k.shape[2]);
            var (kr, vr) = (Repeat(k), Repeat(v));
            var scores = q.to(ScalarType.Float64).matmul(kr.transpose(-2, -1)).mul(_pattern.Scale ?? 1 / Math.Sqrt(q.shape[3]));
            if (_pattern.SoftCap is { } cap)
                scores = scores.div(cap).tanh().mul(cap);
            var all = hidden.all(-1, keepdim: true);
            var weights = scores.masked_fill(hidden, -1e300).softmax(-1).masked_fill(all, 0);
            return weights.matmul(vr).transpose(1, 2).reshape(q.shape[0], q.shape[2], -1);

            Tensor Repeat(Tensor x) => x.to(ScalarType.Float64).repeat_interleave(heads / x.shape[1], 1);
        });
    }

    public void Dispose() => _scope.Dispose();

    private Tensor Leaf(Tensor x) => x.clone().requires_grad_(true);

    // [batch, 1, tokens, keys]
    private Tensor Hidden()
    {
        var (batch, tokens, keys) = (Q.shape[0], Q.shape[2], K.shape[2]);
        var hidden = new bool[batch * tokens * keys];
        for (var at = 0L; at < hidden.Length; at++)
        {
            var (row, i, j) = (at / keys / tokens, at / keys % tokens + keys - tokens, at % keys);
            hidden[at] = j > i || _pattern.Window is { } window && i - j >= window || !SameDocument(row, i, j);
        }
        return tensor(hidden, batch, 1, tokens, keys);
    }

    private bool SameDocument(long row, long i, long j) => _pattern.Layout is not { } layout
        || layout.Spans.Any(s => s.Row == row && s.Start <= i && i < s.End && s.Start <= j && j < s.End);
}
