using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>A matrix [rows, columns] of signed bytes with a scale for each row, in the caller's memory, read by tiles of rows.</summary>
public readonly unsafe ref struct RowMatrix8
{
    private readonly RowCodec8 _codec;
    private readonly ReadOnlySpan<sbyte> _codes;
    private readonly ReadOnlySpan<float> _rowAbsMax;

    internal RowMatrix8(RowCodec8 codec, ReadOnlySpan<sbyte> codes, ReadOnlySpan<float> rowAbsMax, int columns)
    {
        Check.Shape(rowAbsMax.Length, columns);
        Check.Length(nameof(codes), codes.Length, (long)rowAbsMax.Length * columns);
        _codec = codec;
        _codes = codes;
        _rowAbsMax = rowAbsMax;
        (Rows, Columns) = (rowAbsMax.Length, columns);
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
        fixed (sbyte* codes = _codes)
        fixed (float* scales = _rowAbsMax, target = destination)
            TileDriver.Decode(Source(codes, scales), (long)firstRow * Columns, (long)rowCount * Columns, target, _codec.Threads);
    }

    /// <summary>destination [columns, rowCount] = the rows from <paramref name="firstRow"/> on, transposed.</summary>
    /// <exception cref="ArgumentException">The rows do not exist, or the destination has another length.</exception>
    public void DequantizeRowsTransposed(int firstRow, int rowCount, Span<float> destination)
    {
        Check.Tile(firstRow, rowCount, Rows, Columns, destination.Length);
        fixed (sbyte* codes = _codes)
        fixed (float* scales = _rowAbsMax, target = destination)
            TileDriver.DecodeTransposed(Source(codes, scales), firstRow, rowCount, Columns, target, _codec.Threads);
    }

    /// <summary>
    /// y [tokens, rows] = x [tokens, columns] · Wᵀ, decoded in registers: sums in float32 over sixteen lanes, a row's scale applied to its
    /// sum. Equal to the last bit on every machine, for any number of threads, and for a token alone or among others.
    /// </summary>
    /// <exception cref="ArgumentException">x does not hold rows of columns numbers, or y not as many rows of rows numbers.</exception>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y)
    {
        var tokens = Check.Tokens(x.Length, Columns, y.Length, Rows);
        fixed (sbyte* codes = _codes)
        fixed (float* scales = _rowAbsMax, input = x, output = y)
            TileDriver.Multiply(Source(codes, scales), Rows, Columns, input, tokens, output, _codec.Threads);
    }

    /// <summary>Some rows of the product, on this thread.</summary>
    internal void MultiplyRows(int first, int end, VectorBatch x, float* y)
    {
        fixed (sbyte* codes = _codes)
        fixed (float* scales = _rowAbsMax)
            Source(codes, scales).Multiply(first, end, Columns, x, y);
    }

    private RowSource8 Source(sbyte* codes, float* scales) => new(_codec.Kernels, Columns, codes, scales);
}
