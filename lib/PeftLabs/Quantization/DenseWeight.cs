using PeftLabs.Quantization.Cpu;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>A matrix with one floating-point value a weight. In float32 it can be trained.</summary>
public sealed class DenseWeight : TiledWeight
{
    private readonly DenseFormat _format;
    private readonly SixteenBitCodec? _codec;

    internal DenseWeight(DenseFormat format, Tensor matrix)
        : base(matrix.shape[0], matrix.shape[1])
    {
        _format = format;
        _codec = Codec(format.Type, Environment.ProcessorCount);
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

    private bool IsFloat32 => _format.Type == ScalarType.Float32 && ProductType == ScalarType.Float32;

    /// <summary>Whether it is float32 in host memory.</summary>
    internal bool IsPlain => _codec is null && Device.type == DeviceType.CPU;

    /// <summary>Lets a plain matrix's rows be read to where they are stored.</summary>
    internal void ReadInPlace(long firstRow, long rows, RowReader read)
    {
        using var part = Part(firstRow, rows);
        read(firstRow, part.Span<float>());
    }

    /// <inheritdoc/>
    public override void EncodeRows(long firstRow, Tensor values)
    {
        using var _ = no_grad();
        using var rows = Part(firstRow, values.shape[0]);
        rows.copy_(values).Dispose();
    }

    /// <inheritdoc/>
    public override Tensor DecodeRows(Tensor indices)
    {
        using var rows = Parameter.index_select(0, indices);
        return rows.to(ScalarType.Float32);
    }

    /// <inheritdoc/>
    public override Tensor Multiply(Tensor x)
    {
        if (!IsFloat32 || IsPlain && (TileBuffer.TurnsFloat32 || x.shape[0] <= FewTokens.Most))
            return base.Multiply(x);
        using var _ = no_grad();
        using var transposed = Parameter.t();
        return x.mm(transposed);
    }

    /// <inheritdoc/>
    public override Tensor MultiplyTransposed(Tensor gradient)
    {
        using var _ = no_grad();
        return IsFloat32 ? gradient.mm(Parameter) : base.MultiplyTransposed(gradient);
    }

    private protected override void Encode(long firstRow, ReadOnlySpan<float> values, int threads)
    {
        using var _ = no_grad();
        using var rows = Part(firstRow, CheckedRows(firstRow, values.Length));
        if (Device.type != DeviceType.CPU)
            Upload(rows, values);
        else if (Codec(_format.Type, threads) is { } codec)
            codec.Narrow(values, rows.Span<ushort>());
        else
            values.CopyTo(rows.Span<float>());
    }

    private protected override void DecodeTile(int firstRow, int rows, Span<float> tile)
    {
        using var part = Part(firstRow, rows);
        if (_codec is null)
            part.Span<float>().CopyTo(tile);
        else
            _codec.Widen(part.Span<ushort>(), tile);
    }

    private protected override unsafe void DecodeTileTransposed(int firstRow, int rows, Span<float> tile)
    {
        using var part = Part(firstRow, rows);
        if (_codec is not null)
        {
            _codec.View(part.Span<ushort>(), rows, (int)Columns).DequantizeRowsTransposed(0, rows, tile);
            return;
        }
        fixed (float* source = part.Span<float>(), target = tile)
            TileDriver.DecodeTransposed(
                new Float32Source(CpuKernels.Best, source), 0, rows, (int)Columns, target, Environment.ProcessorCount);
    }

    internal override unsafe void MultiplyRows(int first, int end, VectorBatch x, float* y)
    {
        var address = Address();
        var columns = (int)Columns;
        if (_codec is null)
            new Float32Source(CpuKernels.Best, (float*)address).Multiply(first, end, columns, x, y);
        else
            new SixteenBitSource(_codec.Kernels, _codec.Format, (ushort*)address).Multiply(first, end, columns, x, y);
    }

    // A span of a large matrix would not do; its first row's begins where the matrix does.
    private unsafe byte* Address()
    {
        if (Bytes <= int.MaxValue)
            return Parameter.Pointer<byte>();
        using var top = Part(0, 1);
        return top.Pointer<byte>();
    }

    private protected override Tensor DecodeByOperators(long firstRow, long rows)
    {
        using var part = Part(firstRow, rows);
        return part.to(ScalarType.Float32, copy: true);
    }

    // In its own type where that is the products' too: nothing is copied.
    private protected override Tensor DecodeRounded(long firstRow, long rows)
    {
        using var part = Part(firstRow, rows);
        return part.to(ProductType);
    }

    private Tensor Part(long firstRow, long rows) => Parameter.narrow(0, firstRow, rows);

    private void Upload(Tensor rows, ReadOnlySpan<float> values)
    {
        using var host = empty([rows.shape[0], Columns], dtype: ScalarType.Float32);
        values.CopyTo(host.Span<float>());
        rows.copy_(host).Dispose();
    }

    private static SixteenBitCodec? Codec(ScalarType type, int threads) => type switch
    {
        ScalarType.BFloat16 => new(SixteenBitFormat.BFloat16) { Threads = threads },
        ScalarType.Float16 => new(SixteenBitFormat.Float16) { Threads = threads },
        _ => null,
    };
}
