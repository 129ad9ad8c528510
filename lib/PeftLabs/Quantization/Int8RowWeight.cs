using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>A matrix of signed bytes: <c>weight</c>, int8 <c>[out, in]</c>, and <c>SCB</c>, float32 <c>[out]</c>, the rows' largest magnitudes.</summary>
public sealed class Int8RowWeight : QuantizedWeight
{
    private static readonly RowCodec8 Codec = new();
    private readonly Int8RowFormat _format;
    private Tensor _codes;
    private Tensor _absMax;

    internal Int8RowWeight(Int8RowFormat format, long rows, long columns, Device device)
        : base(rows, columns, device, open: true)
    {
        _format = format;
        _codes = NewTensor(ScalarType.Int8, rows, columns);
        _absMax = NewTensor(ScalarType.Float32, rows);
    }

    /// <summary>Takes over what was encoded before.</summary>
    internal Int8RowWeight(Int8RowFormat format, Tensor codes, Tensor absMax)
        : base(codes.shape[0], codes.shape[1], codes.device, open: false)
    {
        _format = format;
        (_codes, _absMax) = (codes.DetachFromDisposeScope(), absMax.DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public override WeightFormat Format => _format;

    /// <inheritdoc/>
    public override IEnumerable<(string Role, Tensor Tensor)> Tensors => [("weight", _codes), ("SCB", _absMax)];

    private protected override void EncodeFlat(long first, ReadOnlySpan<float> values, int threads) =>
        new RowCodec8 { Threads = threads }.Quantize(values, (int)Columns, _codes.Span<sbyte>().Slice((int)first, values.Length),
            _absMax.Span<float>().Slice((int)(first / Columns), values.Length / (int)Columns));

    private protected override void Open() => Close(CPU);

    private protected override void Close(Device device)
    {
        Move(ref _codes, device);
        Move(ref _absMax, device);
    }

    private protected override void DecodeTile(int firstRow, int rows, Span<float> tile) => View().DequantizeRows(firstRow, rows, tile);

    private protected override void DecodeTileTransposed(int firstRow, int rows, Span<float> tile) =>
        View().DequantizeRowsTransposed(firstRow, rows, tile);

    internal override unsafe void MultiplyRows(int first, int end, VectorBatch x, float* y) => View().MultiplyRows(first, end, x, y);

    private protected override Tensor DecodeByOperators(long firstRow, long rows)
    {
        using var scope = NewDisposeScope();
        var scales = _absMax.narrow(0, firstRow, rows).unsqueeze(1);
        var values = _codes.narrow(0, firstRow, rows).to(ScalarType.Float32).mul_(scales).mul_(CpuKernels.Inverse127);
        return values.to(Device).MoveToOuterDisposeScope();
    }

    private RowMatrix8 View() => Codec.View(_codes.Span<sbyte>(), _absMax.Span<float>(), (int)Columns);
}
