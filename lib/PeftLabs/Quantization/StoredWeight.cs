using PeftLabs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>
/// A weight matrix <c>[out, in]</c> in some <see cref="WeightFormat"/>; owns its tensors. It is filled by encoding its rows, in any order
/// and from several threads at once, and finished by <see cref="Complete"/>.
/// </summary>
public abstract class StoredWeight : IDisposable
{
    private const long ChunkValues = 4 << 20;

    private protected StoredWeight(long rows, long columns) => (Rows, Columns) = (rows, columns);

    /// <summary>The codec that made it.</summary>
    public abstract WeightFormat Format { get; }

    /// <summary>Output features.</summary>
    public long Rows { get; }

    /// <summary>Input features.</summary>
    public long Columns { get; }

    /// <summary>Bytes held once it is complete.</summary>
    public long Bytes => Format.StoredBytes(Rows, Columns);

    /// <summary>Where the matrix lives once it is complete.</summary>
    public abstract Device Device { get; }

    /// <summary>
    /// The type to which the operands of products are rounded; results are float32. It is float32 unless the device computes in 16 bits.
    /// </summary>
    internal ScalarType ProductType { get; set; } = ScalarType.Float32;

    /// <summary>The tensors that hold the matrix, by their role.</summary>
    public abstract IEnumerable<(string Role, Tensor Tensor)> Tensors { get; }

    /// <summary>
    /// Encodes whole rows from <paramref name="firstRow"/> on, a multiple of the format's <see cref="WeightFormat.RowUnit"/>, as is their
    /// number unless they end the matrix. Several threads may encode different rows.
    /// </summary>
    /// <exception cref="NonFiniteWeightException">
    /// A value is NaN or infinite, and the format cannot hold it; its position is counted from the matrix's first weight.
    /// </exception>
    /// <exception cref="ArgumentException">The values are no whole rows, or the rows do not fit the matrix or its blocks.</exception>
    public void EncodeRows(long firstRow, ReadOnlySpan<float> values) => Encode(firstRow, values, threads: 1);

    /// <summary>The same from a tensor <c>[n, in]</c> of any floating-point type and device, on all cores.</summary>
    /// <exception cref="NonFiniteWeightException">A value is NaN or infinite, and the format cannot hold it.</exception>
    /// <exception cref="ArgumentException">The values are no whole rows, or the rows do not fit the matrix or its blocks.</exception>
    public virtual void EncodeRows(long firstRow, Tensor values)
    {
        using var _ = no_grad();
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        ForEachChunk(values.shape[0], (row, count) =>
        {
            using var part = values.narrow(0, row, count).to(ScalarType.Float32, CPU).contiguous();
            Encode(firstRow + row, part.Span<float>(), Environment.ProcessorCount);
        });
    }

    /// <summary>
    /// Finishes the matrix once all rows are encoded: scales are quantized once more where the format does that, and what was encoded in
    /// host memory goes to the device. Encoding opens it again.
    /// </summary>
    public virtual void Complete()
    {
    }

    /// <summary>The float32 values <c>[rows, in]</c> of a range of rows; the caller owns the tensor.</summary>
    public abstract Tensor Decode(long firstRow, long rows);

    /// <summary>The float32 values of the rows that <paramref name="indices"/> <c>[n]</c> names, <c>[n, in]</c>.</summary>
    public abstract Tensor DecodeRows(Tensor indices);

    /// <summary>x·Wᵀ: <c>[tokens, in]</c> to <c>[tokens, out]</c>; the caller owns the result. No gradient is recorded.</summary>
    public abstract Tensor Multiply(Tensor x);

    /// <summary>g·W: <c>[tokens, out]</c> to <c>[tokens, in]</c>; the caller owns the result. No gradient is recorded.</summary>
    public abstract Tensor MultiplyTransposed(Tensor gradient);

    /// <summary>Adds <c>scale · update</c>, <c>[out, in]</c>, to the matrix, decoding and encoding some rows at a time.</summary>
    public virtual void Add(Tensor update, double scale)
    {
        using var _ = no_grad();
        ForEachChunk(Rows, (row, count) => EncodeRows(row, Decode(row, count).add_(update.narrow(0, row, count), scale)));
        Complete();
    }

    /// <summary>The same matrix in another format, decoded and encoded some rows at a time.</summary>
    /// <exception cref="NonFiniteWeightException">A value is NaN or infinite, and the format cannot hold it.</exception>
    public StoredWeight ConvertTo(WeightFormat format)
    {
        var converted = format.Allocate(Rows, Columns, Device);
        try
        {
            converted.ForEachChunk(Rows, (row, count) => converted.EncodeRows(row, Decode(row, count)));
            converted.Complete();
            return converted;
        }
        catch
        {
            converted.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var (_, tensor) in Tensors)
            tensor.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Numbers beside the tensors that belong to the stored matrix, as many as <see cref="WeightFormat.Scalars"/>.</summary>
    internal virtual ReadOnlySpan<float> Scalars => [];

    /// <summary>Takes over such numbers.</summary>
    internal virtual void SetScalars(ReadOnlySpan<float> scalars)
    {
    }

    /// <summary>Gives the matrix as it lies in memory, which a streamed one does only until <paramref name="use"/> returns.</summary>
    internal virtual T Use<T>(Func<StoredWeight, T> use) => use(this);

    private protected abstract void Encode(long firstRow, ReadOnlySpan<float> values, int threads);

    /// <summary>The rows that so many values make, checked against the matrix and its blocks.</summary>
    private protected long CheckedRows(long firstRow, long values)
    {
        var (rows, unit) = (values / Columns, Format.RowUnit(Columns));
        if (values % Columns != 0 || firstRow < 0 || firstRow + rows > Rows)
            throw new ArgumentException($"{values} values from row {firstRow} on are no rows of a matrix [{Rows}, {Columns}].", nameof(values));
        if (firstRow % unit != 0 || rows % unit != 0 && firstRow + rows < Rows)
            throw new ArgumentException($"Rows {firstRow} to {firstRow + rows} cut a block of {Format} in two: rows of {Columns} "
                + $"are encoded {unit} at a time.", nameof(firstRow));
        return rows;
    }

    // Chunks end where blocks do, and together are no more than a few MiB.
    private void ForEachChunk(long rows, Action<long, long> use)
    {
        var unit = Format.RowUnit(Columns);
        var chunk = Math.Max(1, ChunkValues / Columns / unit) * unit;
        for (var row = 0L; row < rows; row += chunk)
        {
            using var scope = NewDisposeScope();
            use(row, Math.Min(chunk, rows - row));
        }
    }
}
