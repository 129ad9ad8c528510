using PeftLabs.Memory;
using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>
/// A matrix of 4-bit codes: <c>weight</c>, uint8 <c>[bytes, 1]</c> as bitsandbytes shapes it, and <c>absmax</c>, float32 or, doubly
/// quantized, uint8, with <c>nested_absmax</c>, float32. While rows are encoded the scales are float32; their mean needs them all.
/// </summary>
public sealed class BlockWeight4 : QuantizedWeight
{
    private readonly BlockFormat4 _format;
    private readonly BlockCodec4 _codec;
    private Tensor _codes;
    private Tensor _absMax;
    private Tensor? _nested;
    private float[] _levels = DynamicMap.Signed.ToArray();

    internal BlockWeight4(BlockFormat4 format, long rows, long columns, Device device)
        : base(rows, columns, device, open: true)
    {
        (_format, _codec) = (format, new(format.Book, format.BlockSize));
        _codes = NewTensor(ScalarType.Byte, BlockCodec4.PackedBytes(rows * columns), 1);
        _absMax = NewTensor(ScalarType.Float32, _codec.Blocks(rows * columns));
    }

    /// <summary>Takes over what a checkpoint holds, as it stands.</summary>
    internal BlockWeight4(BlockFormat4 format, long rows, long columns, Device device, BlockParts4 parts)
        : base(rows, columns, device, open: false)
    {
        (_format, _codec) = (format, new(format.Book, format.BlockSize));
        (_codes, _absMax, _nested) = (parts.Codes, parts.AbsMax, parts.NestedAbsMax);
        (Offset, ValueType) = (parts.Offset, parts.ValueType);
        _levels = parts.NestedLevels ?? _levels;
        foreach (var (_, tensor) in Tensors)
            tensor.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override WeightFormat Format => _format;

    /// <summary>The mean of the scales that double quantization took off; zero without it.</summary>
    public float Offset { get; private set; }

    /// <summary>What the weights were before they were quantized: the <c>dtype</c> of bitsandbytes' state. Arithmetic is float32.</summary>
    public ScalarType ValueType { get; } = ScalarType.Float32;

    /// <inheritdoc/>
    public override IEnumerable<(string Role, Tensor Tensor)> Tensors => _nested is null
        ? [("weight", _codes), ("absmax", _absMax)]
        : [("weight", _codes), ("absmax", _absMax), ("nested_absmax", _nested)];

    /// <summary>The scales' mean, and the levels of their codes.</summary>
    internal override ReadOnlySpan<float> Scalars => _nested is null ? [] : (float[])[Offset, .. _levels];

    internal override void SetScalars(ReadOnlySpan<float> scalars)
    {
        Offset = scalars[0];
        if (!scalars[1..].SequenceEqual(_levels))
            _levels = scalars[1..].ToArray();
    }

    private protected override void EncodeFlat(long first, ReadOnlySpan<float> values, int threads)
    {
        var codec = new BlockCodec4(_format.Book, _format.BlockSize) { Threads = threads };
        var bytes = (int)BlockCodec4.PackedBytes(values.Length);
        codec.Quantize(values, _codes.Span<byte>().Slice((int)(first / 2), bytes),
            _absMax.Span<float>().Slice((int)(first / _format.BlockSize), (int)codec.Blocks(values.Length)));
    }

    private protected override void Open()
    {
        Move(ref _codes, CPU);
        Move(ref _absMax, CPU);
        if (_nested is null)
            return;
        Move(ref _nested, CPU);
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        var plain = NewTensor(ScalarType.Float32, _absMax.numel());
        Scales().Decode(0, plain.Span<float>());
        _absMax.Dispose();
        _nested.Dispose();
        (_absMax, _nested, _levels) = (plain, null, DynamicMap.Signed.ToArray());
    }

    private protected override void Close(Device device)
    {
        if (_format.DoubleQuantization && _nested is null)
            QuantizeScales();
        Move(ref _codes, device);
        Move(ref _absMax, device);
        if (_nested is not null)
            Move(ref _nested, device);
    }

    private void QuantizeScales()
    {
        var blocks = (int)_absMax.numel();
        var (codes, nested) = (NewTensor(ScalarType.Byte, blocks), NewTensor(ScalarType.Float32, DoubleQuantization.NestedBlocks(blocks)));
        Offset = DoubleQuantization.EncodeInPlace(_absMax.Span<float>(), codes.Span<byte>(), nested.Span<float>());
        _absMax.Dispose();
        (_absMax, _nested) = (codes, nested);
    }

    private protected override void DecodeTile(int firstRow, int rows, Span<float> tile) => View().DequantizeRows(firstRow, rows, tile);

    private protected override void DecodeTileTransposed(int firstRow, int rows, Span<float> tile) =>
        View().DequantizeRowsTransposed(firstRow, rows, tile);

    internal override unsafe void MultiplyRows(int first, int end, VectorBatch x, float* y) => View().MultiplyRows(first, end, x, y);

    private protected override Tensor DecodeByOperators(long firstRow, long rows)
    {
        using var scope = NewDisposeScope();
        var blocks = BlockRange.Of(firstRow * Columns, rows * Columns, Rows * Columns, _format.BlockSize);
        var codes = _codes.view(-1).narrow(0, blocks.Start / 2, (blocks.Values + 1) / 2).to(ScalarType.Int32);
        var values = BlockOperators.Pairs(_format.Book, _codes.device).index_select(0, codes).view(-1).narrow(0, 0, blocks.Values);
        BlockOperators.Scale(values, OperatorScales(blocks), _format.BlockSize);
        return values.narrow(0, firstRow * Columns - blocks.Start, rows * Columns).view(rows, Columns).to(Device).MoveToOuterDisposeScope();
    }

    private Tensor OperatorScales(BlockRange blocks)
    {
        var scales = _absMax.narrow(0, blocks.First, blocks.Count);
        if (_nested is null)
            return scales;
        var nested = BlockRange.Of(blocks.First, blocks.Count, _absMax.numel(), BlockScales.DefaultNestedBlockSize);
        var all = tensor(_levels, device: _codes.device).index_select(0, _absMax.narrow(0, nested.Start, nested.Values).to(ScalarType.Int32));
        BlockOperators.Scale(all, _nested.narrow(0, nested.First, nested.Count), BlockScales.DefaultNestedBlockSize);
        return all.narrow(0, blocks.First - nested.Start, blocks.Count).add_(Offset);
    }

    private BlockMatrix4 View() => _codec.View(_codes.Span<byte>(), Scales(), (int)Rows, (int)Columns);

    private BlockScales Scales() => _nested is null
        ? new(_absMax.Span<float>())
        : new(_absMax.Span<byte>(), _nested.Span<float>(), Offset, _levels);
}
