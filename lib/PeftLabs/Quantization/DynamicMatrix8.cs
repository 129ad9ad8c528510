using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// A matrix [rows, columns] of dynamic 8-bit codes in the caller's memory, read by tiles of rows and never decoded as a whole unless
/// asked to.
/// </summary>
public readonly unsafe ref struct DynamicMatrix8
{
    private readonly DynamicCodec8 _codec;
    private readonly ReadOnlySpan<byte> _codes;
    private readonly BlockScales _scales;

    internal DynamicMatrix8(DynamicCodec8 codec, ReadOnlySpan<byte> codes, BlockScales scales, int rows, int columns)
    {
        Check.Shape(rows, columns);
        Check.Length(nameof(codes), codes.Length, (long)rows * columns);
        Check.Length(nameof(scales), scales.Count, codec.Blocks((long)rows * columns));
        _codec = codec;
        _codes = codes;
        _scales = scales;
        (Rows, Columns) = (rows, columns);
    }

    /// <summary>Rows: output features.</summary>
    public int Rows { get; }

    /// <summary>Columns: input features.</summary>
    public int Columns { get; }

    /// <summary>destination [rows, columns] = all values.</summary>
    /// <exception cref="ArgumentException">The destination does not hold rows × columns numbers.</exception>
    public void Dequantize(Span<float> destination) => DequantizeRows(0, Rows, destination);

    /// <summary>destination [rowCount, columns] = the rows from <paramref name="firstRow"/> on.</summary>
    /// <exception cref="ArgumentException">The rows do not exist, or the destination has another length.</exception>
    public void DequantizeRows(int firstRow, int rowCount, Span<float> destination)
    {
        Check.Tile(firstRow, rowCount, Rows, Columns, destination.Length);
        fixed (byte* codes = _codes, nestedCodes = _scales.Codes)
        fixed (float* plain = _scales.Plain, nested = _scales.Nested, levels = _scales.Levels, target = destination)
            TileDriver.Decode(Source(codes, _scales.Pinned(plain, nestedCodes, nested, levels)),
                (long)firstRow * Columns, (long)rowCount * Columns, target, _codec.Threads);
    }

    /// <summary>destination [columns, rowCount] = the rows from <paramref name="firstRow"/> on, transposed.</summary>
    /// <exception cref="ArgumentException">The rows do not exist, or the destination has another length.</exception>
    public void DequantizeRowsTransposed(int firstRow, int rowCount, Span<float> destination)
    {
        Check.Tile(firstRow, rowCount, Rows, Columns, destination.Length);
        fixed (byte* codes = _codes, nestedCodes = _scales.Codes)
        fixed (float* plain = _scales.Plain, nested = _scales.Nested, levels = _scales.Levels, target = destination)
            TileDriver.DecodeTransposed(Source(codes, _scales.Pinned(plain, nestedCodes, nested, levels)),
                firstRow, rowCount, Columns, target, _codec.Threads);
    }

    /// <summary>
    /// y [tokens, rows] = x [tokens, columns] · Wᵀ, decoded in registers: sums in float32 over sixteen lanes, a block's scale applied to
    /// its sums. Equal to the last bit on every machine, for any number of threads, and for a token alone or among others.
    /// </summary>
    /// <exception cref="ArgumentException">x does not hold rows of columns numbers, or y not as many rows of rows numbers.</exception>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y)
    {
        var tokens = Check.Tokens(x.Length, Columns, y.Length, Rows);
        fixed (byte* codes = _codes, nestedCodes = _scales.Codes)
        fixed (float* plain = _scales.Plain, nested = _scales.Nested, levels = _scales.Levels, input = x, output = y)
            TileDriver.Multiply(
                Source(codes, _scales.Pinned(plain, nestedCodes, nested, levels)), Rows, Columns, input, tokens, output, _codec.Threads);
    }

    /// <summary>Some rows of the product, on this thread.</summary>
    internal void MultiplyRows(int first, int end, VectorBatch x, float* y)
    {
        fixed (byte* codes = _codes, nestedCodes = _scales.Codes)
        fixed (float* plain = _scales.Plain, nested = _scales.Nested, levels = _scales.Levels)
            Source(codes, _scales.Pinned(plain, nestedCodes, nested, levels)).Multiply(first, end, Columns, x, y);
    }

    private DynamicSource8 Source(byte* codes, ScaleSource scales) => new(_codec.Kernels, _codec.BlockSize, codes, scales);
}
