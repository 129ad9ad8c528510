using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>A matrix of dynamic 8-bit codes: <c>weight</c>, uint8 <c>[out, in]</c>, and <c>absmax</c>, float32, one a block.</summary>
public sealed class Int8Weight : QuantizedWeight
{
    private readonly Int8Format _format;
    private readonly DynamicCodec8 _codec;
    private Tensor _codes;
    private Tensor _absMax;

    internal Int8Weight(Int8Format format, long rows, long columns, Device device)
        : base(rows, columns, device, open: true)
    {
        (_format, _codec) = (format, new(format.BlockSize));
        _codes = NewTensor(ScalarType.Byte, rows, columns);
        _absMax = NewTensor(ScalarType.Float32, _codec.Blocks(rows * columns));
    }

    /// <summary>Takes over what was encoded before.</summary>
    internal Int8Weight(Int8Format format, Tensor codes, Tensor absMax)
        : base(codes.shape[0], codes.shape[1], codes.device, open: false)
    {
        (_format, _codec) = (format, new(format.BlockSize));
        (_codes, _absMax) = (codes.DetachFromDisposeScope(), absMax.DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public override WeightFormat Format => _format;

    /// <inheritdoc/>
    public override IEnumerable<(string Role, Tensor Tensor)> Tensors => [("weight", _codes), ("absmax", _absMax)];

    private protected override void EncodeFlat(long first, ReadOnlySpan<float> values, int threads)
    {
        var codec = new DynamicCodec8(_format.BlockSize) { Threads = threads };
        codec.Quantize(values, _codes.Span<byte>().Slice((int)first, values.Length),
            _absMax.Span<float>().Slice((int)(first / _format.BlockSize), (int)codec.Blocks(values.Length)));
    }

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
        var blocks = BlockRange.Of(firstRow * Columns, rows * Columns, Rows * Columns, _format.BlockSize);
        var codes = _codes.view(-1).narrow(0, blocks.Start, blocks.Values).to(ScalarType.Int32);
        var values = tensor(DynamicMap.Signed.ToArray(), device: _codes.device).index_select(0, codes);
        BlockOperators.Scale(values, _absMax.narrow(0, blocks.First, blocks.Count), _format.BlockSize);
        return values.narrow(0, firstRow * Columns - blocks.Start, rows * Columns).view(rows, Columns).to(Device).MoveToOuterDisposeScope();
    }

    private DynamicMatrix8 View() => _codec.View(_codes.Span<byte>(), _absMax.Span<float>(), (int)Rows, (int)Columns);
}
