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
        long[] widths = [c.HiddenSize, query, keyValue, keyValue, query, c.IntermediateSize, c.IntermediateSize, 1, rank, changed];
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

    /// <summary>A norm's inverse roots <c>[rows]</c>.</summary>
    public float* Inverse => At(7);

    /// <summary>An adapter's inner features <c>[rows, rank]</c>.</summary>
    public float* Low => At(8);

    /// <summary>What an adapter adds, <c>[rows, out]</c>.</summary>
    public float* Update => At(9);

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private float* At(int index) => _memory.Pointer<float>() + _starts[index];
}
