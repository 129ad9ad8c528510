using PeftLabs.Memory;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>What a <see cref="DecodeStep"/> writes for so many rows: one tensor, so that it counts as memory.</summary>
internal sealed unsafe class StepBuffers : IDisposable
{
    private readonly Tensor _memory;
    private readonly long[] _starts;

    public StepBuffers(CausalLM model, int rows)
    {
        var c = model.Config;
        long query = (long)c.Heads * c.HeadSize, keyValue = (long)c.KeyValueHeads * c.HeadSize;
        var updated = model.Projections.Values.Where(p => p.Update is not null).ToList();
        var (rank, changed) = updated.Count == 0 ? (0, 0) : (updated.Max(p => p.Update!.Rank), updated.Max(p => p.OutFeatures));
        // Roots of a norm of each head where there is one.
        var roots = c.Family.QueryNorm is null && c.Family.KeyNorm is null ? 1 : Math.Max(c.Heads, c.KeyValueHeads);
        long[] widths = [c.HiddenSize, query, keyValue, keyValue, query, c.IntermediateSize, c.Family.IsGated ? c.IntermediateSize : 0, roots, rank, changed,
            c.Family.QueryKeyValue is null ? 0 : query + 2 * keyValue, c.Family.GateUp is null ? 0 : 2L * c.IntermediateSize,
            c.IsParallel ? c.HiddenSize : 0, c.Family.Norm == NormKind.RootMeanSquarePlusOne ? c.HiddenSize : 0];
        _starts = new long[widths.Length + 1];
        for (var i = 0; i < widths.Length; i++)
            _starts[i + 1] = _starts[i] + rows * widths[i];
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        _memory = empty([_starts[^1]], dtype: ScalarType.Float32).DetachFromDisposeScope();
    }

    /// <summary>A norm's output, and then a branch's, <c>[rows, hidden]</c>.</summary>
    public float* Normed => At(0);

    /// <summary>Queries <c>[rows, heads, d]</c>.</summary>
    public float* Query => At(1);

    /// <summary>Keys <c>[rows, keyValueHeads, d]</c>.</summary>
    public float* Key => At(2);

    /// <summary>Values <c>[rows, keyValueHeads, d]</c>.</summary>
    public float* Value => At(3);

    /// <summary>What attention gives, <c>[rows, heads, d]</c>.</summary>
    public float* Attended => At(4);

    /// <summary>The gate <c>[rows, intermediate]</c>, and then its product with <see cref="Up"/>.</summary>
    public float* Gate => At(5);

    /// <summary>What is gated, <c>[rows, intermediate]</c>.</summary>
    public float* Up => At(6);

    /// <summary>A norm's inverse roots <c>[rows]</c>, or <c>[rows, heads]</c> of a norm of heads.</summary>
    public float* Inverse => At(7);

    /// <summary>An adapter's inner features <c>[rows, rank]</c>.</summary>
    public float* Low => At(8);

    /// <summary>What an adapter adds, <c>[rows, out]</c>.</summary>
    public float* Update => At(9);

    /// <summary>What one projection gives for queries, keys and values, <c>[rows, features]</c>.</summary>
    public float* Fused => At(10);

    /// <summary>Gate and up side by side, <c>[rows, 2·intermediate]</c>.</summary>
    public float* Both => At(11);

    /// <summary>The second norm's output where both halves of a block read its input, <c>[rows, hidden]</c>.</summary>
    public float* Second => At(12);

    /// <summary>A norm's weight with one added, <c>[hidden]</c>.</summary>
    public float* Scale => At(13);

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private float* At(int index) => _memory.Pointer<float>() + _starts[index];
}
