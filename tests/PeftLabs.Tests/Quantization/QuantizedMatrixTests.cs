using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Tests.Quantization;

/// <summary>Tiles, transposed tiles and the product with a vector, for every format and path and for awkward shapes.</summary>
public class QuantizedMatrixTests
{
    private delegate void Read(int firstRow, int rows, float[] destination);

    public static IEnumerable<TheoryDataRow<string, int, int>> Cases =>
        from path in Weights.Paths
        from shape in new[] { (1, 64), (7, 128), (33, 192), (20, 320), (5, 50), (9, 77), (3, 1), (17, 97), (70, 2048) }
        select new TheoryDataRow<string, int, int>(path.Data, shape.Item1, shape.Item2);

    [Theory]
    [MemberData(nameof(Cases))]
    public void NF4_tiles_and_products_follow_from_the_whole(string path, int rows, int columns)
    {
        var codec = new BlockCodec4(CodeBook4.NF4, 64) { Kernels = Weights.Path(path) };
        var weight = Weights.Random(rows + columns, rows * columns);
        var (packed, absMax, values) = BlockCodec4Tests.Quantized(weight, codec);
        CheckTiles(values, rows, columns,
            (first, count, tile) => codec.View(packed, absMax, rows, columns).DequantizeRows(first, count, tile),
            (first, count, tile) => codec.View(packed, absMax, rows, columns).DequantizeRowsTransposed(first, count, tile));
        CheckProduct(path, values, rows, columns,
            (kernels, x, y) => new BlockCodec4(CodeBook4.NF4, 64) { Kernels = kernels }.View(packed, absMax, rows, columns).Multiply(x, y));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void FP4_with_doubly_quantized_scales_too(string path, int rows, int columns)
    {
        var codec = new BlockCodec4(CodeBook4.FP4, 64) { Kernels = Weights.Path(path) };
        var (packed, absMax, _) = BlockCodec4Tests.Quantized(Weights.Random(rows * columns, rows * columns), codec);
        var (codes, nested) = (new byte[absMax.Length], new float[DoubleQuantization.NestedBlocks(absMax.Length)]);
        var offset = DoubleQuantization.Encode(absMax, codes, nested);
        var scales = new float[absMax.Length];
        new BlockScales(codes, nested, offset).Decode(0, scales);
        var values = new float[rows * columns];
        codec.Dequantize(packed, scales, values);
        CheckTiles(values, rows, columns,
            (first, count, tile) => codec.View(packed, new(codes, nested, offset), rows, columns).DequantizeRows(first, count, tile),
            (first, count, tile) =>
                codec.View(packed, new(codes, nested, offset), rows, columns).DequantizeRowsTransposed(first, count, tile));
        CheckProduct(path, values, rows, columns, (kernels, x, y) => new BlockCodec4(CodeBook4.FP4, 64) { Kernels = kernels }
            .View(packed, new(codes, nested, offset), rows, columns).Multiply(x, y));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Dynamic_int8_too(string path, int rows, int columns)
    {
        var codec = new DynamicCodec8(64) { Kernels = Weights.Path(path) };
        var (codes, absMax, values) = DynamicCodec8Tests.Quantized(Weights.Random(rows + columns, rows * columns), codec);
        CheckTiles(values, rows, columns,
            (first, count, tile) => codec.View(codes, absMax, rows, columns).DequantizeRows(first, count, tile),
            (first, count, tile) => codec.View(codes, absMax, rows, columns).DequantizeRowsTransposed(first, count, tile));
        CheckProduct(path, values, rows, columns,
            (kernels, x, y) => new DynamicCodec8(64) { Kernels = kernels }.View(codes, absMax, rows, columns).Multiply(x, y));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Row_wise_int8_too(string path, int rows, int columns)
    {
        var codec = new RowCodec8 { Kernels = Weights.Path(path) };
        var (codes, absMax, values) = RowCodec8Tests.Quantized(Weights.Random(rows + columns, rows * columns), columns, codec);
        CheckTiles(values, rows, columns,
            (first, count, tile) => codec.View(codes, absMax, columns).DequantizeRows(first, count, tile),
            (first, count, tile) => codec.View(codes, absMax, columns).DequantizeRowsTransposed(first, count, tile));
        CheckProduct(path, values, rows, columns,
            (kernels, x, y) => new RowCodec8 { Kernels = kernels }.View(codes, absMax, columns).Multiply(x, y));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sixteen_bits_too(string path, int rows, int columns)
    {
        foreach (var format in Enum.GetValues<SixteenBitFormat>())
        {
            var codec = new SixteenBitCodec(format) { Kernels = Weights.Path(path) };
            var codes = new ushort[rows * columns];
            codec.Narrow(Weights.Random(rows + columns, rows * columns), codes);
            var values = new float[codes.Length];
            codec.Widen(codes, values);
            CheckTiles(values, rows, columns,
                (first, count, tile) => codec.View(codes, rows, columns).DequantizeRows(first, count, tile),
                (first, count, tile) => codec.View(codes, rows, columns).DequantizeRowsTransposed(first, count, tile));
            CheckProduct(path, values, rows, columns,
                (kernels, x, y) => new SixteenBitCodec(format) { Kernels = kernels }.View(codes, rows, columns).Multiply(x, y));
        }
    }

    [Fact]
    public void Many_threads_give_what_one_thread_gives()
    {
        const int Rows = 1101, Columns = 1024;
        var weight = Weights.Random(2, Rows * Columns);
        var (packed, absMax, values) = BlockCodec4Tests.Quantized(weight, new(CodeBook4.NF4, 64));
        var results = new[] { 1, 3 }.Select(threads =>
        {
            var codec = new BlockCodec4(CodeBook4.NF4, 64) { Threads = threads };
            var (y, transposed) = (new float[Rows], new float[values.Length]);
            codec.View(packed, absMax, Rows, Columns).Multiply(weight.AsSpan(0, Columns), y);
            codec.View(packed, absMax, Rows, Columns).DequantizeRowsTransposed(0, Rows, transposed);
            return (y, transposed);
        }).ToList();
        Weights.EqualBits(results[0].y, results[1].y);
        Weights.EqualBits(results[0].transposed, results[1].transposed);
        for (var i = 0; i < values.Length; i += 97)
            Assert.Equal(values[i], results[1].transposed[i % Columns * Rows + i / Columns]);
    }

    [Fact]
    public void Rows_that_are_not_there_are_refused()
    {
        var codec = new BlockCodec4(CodeBook4.NF4, 64);
        var message = Assert.Throws<ArgumentOutOfRangeException>(
            () => codec.View(new byte[64], new float[2], 2, 64).DequantizeRows(1, 2, new float[128])).Message;
        Assert.Contains("From row 1 on there are 1 rows of 2.", message);
        Assert.Throws<ArgumentException>(() => codec.View(new byte[64], new float[2], 2, 64).DequantizeRows(1, 1, new float[63]));
        Assert.Throws<ArgumentException>(() => codec.View(new byte[63], new float[2], 2, 64).Rows);
        Assert.Throws<ArgumentException>(() => codec.View(new byte[64], new float[2], 2, 64).Multiply(new float[63], new float[2]));
    }

    private static void CheckTiles(float[] values, int rows, int columns, Read read, Read readTransposed)
    {
        foreach (var (first, count) in new[] { (0, rows), (rows / 2, rows - rows / 2), (rows - 1, 1), (0, 0) })
        {
            var expected = values[(first * columns)..((first + count) * columns)];
            var (tile, transposed) = (new float[expected.Length], new float[expected.Length]);
            read(first, count, tile);
            Weights.EqualBits(expected, tile, "rows");
            readTransposed(first, count, transposed);
            for (var row = 0; row < count; row++)
                for (var column = 0; column < columns; column++)
                    Weights.EqualBits([expected[row * columns + column]], [transposed[column * count + row]], "transposed");
        }
    }

    private delegate void Product(CpuKernels kernels, float[] x, float[] y);

    // Against a float64 sum, and to the bit against the portable path.
    private static void CheckProduct(string path, float[] values, int rows, int columns, Product multiply)
    {
        var random = new Random(3);
        var x = Enumerable.Range(0, columns).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var (y, portable) = (new float[rows], new float[rows]);
        multiply(Weights.Path(path), x, y);
        multiply(Weights.Portable, x, portable);
        Weights.EqualBits(portable, y, "product");
        foreach (var tokens in new[] { 2, 4, 7 })
            CheckTokens(path, tokens, rows, columns, multiply);
        for (var row = 0; row < rows; row++)
        {
            var terms = Enumerable.Range(0, columns).Select(column => (double)values[row * columns + column] * x[column]).ToList();
            Assert.Equal(terms.Sum(), y[row], 1e-6 * terms.Sum(Math.Abs) + 1e-44);
        }
    }

    // Each token of several gives the bits that it gives alone.
    private static void CheckTokens(string path, int tokens, int rows, int columns, Product multiply)
    {
        var random = new Random(tokens);
        var x = Enumerable.Range(0, tokens * columns).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var (together, alone) = (new float[tokens * rows], new float[rows]);
        multiply(Weights.Path(path), x, together);
        for (var token = 0; token < tokens; token++)
        {
            multiply(Weights.Path(path), x[(token * columns)..((token + 1) * columns)], alone);
            Weights.EqualBits(alone, together.AsSpan(token * rows, rows), $"token {token} of {tokens}");
        }
    }
}
