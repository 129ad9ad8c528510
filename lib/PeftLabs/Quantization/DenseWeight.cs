using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>A matrix with one floating-point value a weight. In float32 it can be trained.</summary>
public sealed class DenseWeight : StoredWeight
{
    private readonly DenseFormat _format;

    internal DenseWeight(DenseFormat format, Tensor matrix)
        : base(matrix.shape[0], matrix.shape[1])
    {
        _format = format;
        Parameter = new Parameter(matrix, requires_grad: false);
        Parameter.DetachFromDisposeScope();
    }

    /// <summary>The matrix <c>[out, in]</c>; frozen until its <c>requires_grad</c> is set.</summary>
    public Parameter Parameter { get; }

    /// <inheritdoc/>
    public override WeightFormat Format => _format;

    /// <inheritdoc/>
    public override Device Device => Parameter.device;

    /// <inheritdoc/>
    public override IEnumerable<(string Role, Tensor Tensor)> Tensors => [("weight", Parameter)];

    /// <inheritdoc/>
    public override void EncodeRows(long firstRow, Tensor values)
    {
        using var _ = no_grad();
        using var rows = Parameter.narrow(0, firstRow, values.shape[0]);
        rows.copy_(values).Dispose();
    }

    /// <inheritdoc/>
    public override Tensor Decode(long firstRow, long rows)
    {
        using var part = Parameter.narrow(0, firstRow, rows);
        return part.to(ScalarType.Float32, copy: true);
    }

    /// <inheritdoc/>
    public override Tensor DecodeRows(Tensor indices)
    {
        using var rows = Parameter.index_select(0, indices);
        return rows.to(ScalarType.Float32);
    }

    /// <inheritdoc/>
    public override Tensor Multiply(Tensor x) =>
        _format.Type == ScalarType.Float32 ? WithTransposed(t => x.mm(t)) : MultiplyTiled(x);

    /// <inheritdoc/>
    public override Tensor MultiplyTransposed(Tensor gradient) =>
        _format.Type == ScalarType.Float32 ? gradient.mm(Parameter) : MultiplyTransposedTiled(gradient);

    private Tensor WithTransposed(Func<Tensor, Tensor> multiply)
    {
        using var transposed = Parameter.t();
        return multiply(transposed);
    }

    private Tensor MultiplyTiled(Tensor x)
    {
        var result = empty([x.shape[0], Rows], dtype: ScalarType.Float32, device: x.device);
        ForEachTile((row, count, tile) =>
        {
            using var columns = result.narrow(1, row, count);
            using var product = x.mm(tile.t());
            columns.copy_(product).Dispose();
        });
        return result;
    }

    private Tensor MultiplyTransposedTiled(Tensor gradient)
    {
        var result = zeros([gradient.shape[0], Columns], dtype: ScalarType.Float32, device: gradient.device);
        ForEachTile((row, count, tile) => result.addmm_(gradient.narrow(1, row, count), tile));
        return result;
    }

    private void ForEachTile(Action<long, long, Tensor> use)
    {
        var rows = TileRows(Columns);
        for (var row = 0L; row < Rows; row += rows)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(rows, Rows - row);
            use(row, count, Decode(row, count));
        }
    }

    // A tile of about 1 MiB of float32 stays in a core's cache between decoding and multiplying.
    private static long TileRows(long columns) => Math.Max(16, (1 << 18) / columns);
}
