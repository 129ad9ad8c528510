using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>
/// A matrix that is multiplied tile by tile: some rows are decoded into one buffer, multiplied, and overwritten by the next ones
/// (<see cref="TileBuffer"/>). On a CPU the kernels decode; elsewhere torch operators do.
/// </summary>
public abstract partial class TiledWeight : StoredWeight
{
    // Bytes from which the allocator takes pages from the system anew.
    private const long FreshBytes = 32 << 20;

    // A device's product wants larger tiles than a CPU's caches hold.
    private const long OperatorValues = 16 << 20;

    private protected TiledWeight(long rows, long columns)
        : base(rows, columns)
    {
    }

    /// <summary>Decodes by torch operators even on a CPU.</summary>
    internal bool ForceOperators { get; set; }

    /// <summary>Whether <see cref="MultiplyRows"/> may be called.</summary>
    internal bool ReadsInRegisters => UsesKernels && ProductType == ScalarType.Float32;

    private protected bool UsesKernels => Device.type == DeviceType.CPU && !ForceOperators;

    /// <inheritdoc/>
    public override Tensor Decode(long firstRow, long rows)
    {
        using var _ = no_grad();
        if (!UsesKernels)
            return DecodeByOperators(firstRow, rows);
        var values = empty([rows, Columns], dtype: ScalarType.Float32);
        DecodeTile((int)firstRow, (int)rows, values.Span<float>());
        return values;
    }

    /// <inheritdoc/>
    public override Tensor DecodeRows(Tensor indices)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var numbers = indices.to(ScalarType.Int64, CPU).contiguous().Span<long>().ToArray();
        if (!UsesKernels)
            return (numbers.Length == 0 ? Decode(0, 0) : cat([.. numbers.Select(row => DecodeByOperators(row, 1))], 0))
                .MoveToOuterDisposeScope();
        var values = empty([numbers.Length, Columns], dtype: ScalarType.Float32);
        for (var i = 0; i < numbers.Length; i++)
            DecodeTile((int)numbers[i], 1, values.Span<float>().Slice(i * (int)Columns, (int)Columns));
        return values.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Multiply(Tensor x)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        if (ProductType != ScalarType.Float32)
            return MultiplyRounded(x).MoveToOuterDisposeScope();
        var result = NewResult(x.shape[0], x.device);
        if (UsesKernels && x.shape[0] <= FewTokens.Most)
            MultiplyFew(x.contiguous(), result);
        else
            ForEachTile(transposed: true, (row, count, tile) => result.narrow(1, row, count).addmm_(x, tile, beta: 0));
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor MultiplyTransposed(Tensor gradient)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        if (ProductType != ScalarType.Float32)
            return MultiplyTransposedRounded(gradient).MoveToOuterDisposeScope();
        var result = empty([gradient.shape[0], Columns], dtype: ScalarType.Float32, device: gradient.device);
        ForEachTile(transposed: false, (row, count, tile) =>
            result.addmm_(gradient.narrow(1, row, count), tile, beta: row == 0 ? 0 : 1));
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>tile [rows, in] = the rows from <paramref name="firstRow"/> on.</summary>
    private protected abstract void DecodeTile(int firstRow, int rows, Span<float> tile);

    /// <summary>tile [in, rows] = the rows from <paramref name="firstRow"/> on, transposed.</summary>
    private protected abstract void DecodeTileTransposed(int firstRow, int rows, Span<float> tile);

    /// <summary>
    /// y[row] = Σ W[row, column] · x[column] for rows [first, end) and each vector, decoded in registers, on this thread: on a CPU, and in
    /// float32. y starts at row 0.
    /// </summary>
    internal abstract unsafe void MultiplyRows(int first, int end, VectorBatch x, float* y);

    /// <summary>The rows from <paramref name="firstRow"/> on, [rows, in], by torch operators on whatever device.</summary>
    private protected abstract Tensor DecodeByOperators(long firstRow, long rows);

    // A result of fresh pages is cleared first: tiles would touch them by strips, and faults in order cost half as much.
    private Tensor NewResult(long tokens, Device device)
    {
        var result = empty([tokens, Rows], dtype: ScalarType.Float32, device: device);
        return device.type == DeviceType.CPU && sizeof(float) * tokens * Rows >= FreshBytes ? result.zero_() : result;
    }

    private unsafe void MultiplyFew(Tensor x, Tensor result)
    {
        float* y = result.Pointer<float>();
        FewTokens.Run([(this, (nint)y)], x.Pointer<float>(), (int)x.shape[0]);
    }

    // The float32 product is fast where the tile's rows are what the result's rows are: [in, n] in forward, [n, in] in backward.
    private void ForEachTile(bool transposed, Action<long, long, Tensor> use)
    {
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        var rows = UsesKernels ? TileBuffer.Rows(Rows, Columns) : Math.Min(Rows, Math.Max(1, OperatorValues / Columns));
        using var buffer = UsesKernels ? NewBuffer(rows * Columns) : null;
        for (var row = 0L; row < Rows; row += rows)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(rows, Rows - row);
            use(row, count, buffer is null ? OperatorTile(row, count, transposed) : KernelTile(buffer, row, count, transposed));
        }
    }

    private static Tensor NewBuffer(long values)
    {
        using var part = ProfileScope.Part("tile buffer");
        return empty([values], dtype: ScalarType.Float32);
    }

    private Tensor OperatorTile(long row, long count, bool transposed)
    {
        using var part = ProfileScope.Part("decode");
        var tile = DecodeByOperators(row, count);
        return transposed ? tile.t() : tile;
    }

    private Tensor KernelTile(Tensor buffer, long row, long count, bool transposed)
    {
        using var part = ProfileScope.Part("decode");
        var flat = buffer.narrow(0, 0, count * Columns);
        if (!transposed)
        {
            DecodeTile((int)row, (int)count, flat.Span<float>());
            return flat.view(count, Columns);
        }
        DecodeTileTransposed((int)row, (int)count, flat.Span<float>());
        return flat.view(Columns, count);
    }
}
