using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>A weight matrix <c>[out, in]</c> in some <see cref="WeightFormat"/>; owns its tensors.</summary>
public abstract class StoredWeight : IDisposable
{
    private protected StoredWeight(long rows, long columns) => (Rows, Columns) = (rows, columns);

    /// <summary>The codec that made it.</summary>
    public abstract WeightFormat Format { get; }

    /// <summary>Output features.</summary>
    public long Rows { get; }

    /// <summary>Input features.</summary>
    public long Columns { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => Format.StoredBytes(Rows, Columns);

    /// <summary>Where the matrix lives.</summary>
    public abstract Device Device { get; }

    /// <summary>The tensors that hold the matrix, by their role.</summary>
    public abstract IEnumerable<(string Role, Tensor Tensor)> Tensors { get; }

    /// <summary>Encodes <paramref name="values"/> <c>[n, in]</c> into the rows from <paramref name="firstRow"/> on.</summary>
    public abstract void EncodeRows(long firstRow, Tensor values);

    /// <summary>The float32 values <c>[rows, in]</c> of a range of rows; the caller owns the tensor.</summary>
    public abstract Tensor Decode(long firstRow, long rows);

    /// <summary>The float32 values of the rows that <paramref name="indices"/> <c>[n]</c> names, <c>[n, in]</c>.</summary>
    public abstract Tensor DecodeRows(Tensor indices);

    /// <summary>x·Wᵀ: <c>[tokens, in]</c> to <c>[tokens, out]</c>; the caller owns the result.</summary>
    public abstract Tensor Multiply(Tensor x);

    /// <summary>g·W: <c>[tokens, out]</c> to <c>[tokens, in]</c>; the caller owns the result.</summary>
    public abstract Tensor MultiplyTransposed(Tensor gradient);

    /// <summary>Adds <c>scale · update</c>, <c>[out, in]</c>, to the matrix in place, decoding and encoding where it must.</summary>
    public virtual void Add(Tensor update, double scale)
    {
        using var scope = NewDisposeScope();
        var rows = Math.Max(1, (4 << 20) / Columns);
        for (var row = 0L; row < Rows; row += rows)
        {
            var count = Math.Min(rows, Rows - row);
            EncodeRows(row, Decode(row, count).add_(update.narrow(0, row, count), scale));
            scope.DisposeEverything();
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var (_, tensor) in Tensors)
            tensor.Dispose();
        GC.SuppressFinalize(this);
    }
}
