using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>A matrix [rows, columns] of bfloat16 or float16 numbers in the caller's memory, read by tiles of rows.</summary>
public readonly unsafe ref struct SixteenBitMatrix
{
    private readonly SixteenBitCodec _codec;
    private readonly ReadOnlySpan<ushort> _codes;

    internal SixteenBitMatrix(SixteenBitCodec codec, ReadOnlySpan<ushort> codes, int rows, int columns)
    {
        Check.Shape(rows, columns);
        Check.Length(nameof(codes), codes.Length, (long)rows * columns);
        _codec = codec;
        _codes = codes;
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
        fixed (ushort* codes = _codes)
        fixed (float* target = destination)
            TileDriver.Decode(Source(codes), (long)firstRow * Columns, (long)rowCount * Columns, target, _codec.Threads);
    }

    /// <summary>destination [columns, rowCount] = the rows from <paramref name="firstRow"/> on, transposed.</summary>
    /// <exception cref="ArgumentException">The rows do not exist, or the destination has another length.</exception>
    public void DequantizeRowsTransposed(int firstRow, int rowCount, Span<float> destination)
    {
        Check.Tile(firstRow, rowCount, Rows, Columns, destination.Length);
        fixed (ushort* codes = _codes)
        fixed (float* target = destination)
            TileDriver.DecodeTransposed(Source(codes), firstRow, rowCount, Columns, target, _codec.Threads);
    }

    /// <summary>
    /// y [tokens, rows] = x [tokens, columns] · Wᵀ, widened in registers, with sums in float32 over sixteen lanes. Equal to the last bit on
    /// every machine, for any number of threads, and for a token alone or among others.
    /// </summary>
    /// <exception cref="ArgumentException">x does not hold rows of columns numbers, or y not as many rows of rows numbers.</exception>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y)
    {
        var tokens = Check.Tokens(x.Length, Columns, y.Length, Rows);
        fixed (ushort* codes = _codes)
        fixed (float* input = x, output = y)
            TileDriver.Multiply(Source(codes), Rows, Columns, input, tokens, output, _codec.Threads);
    }

    private SixteenBitSource Source(ushort* codes) => new(_codec.Kernels, _codec.Format, codes);
}
