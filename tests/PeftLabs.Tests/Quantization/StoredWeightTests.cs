using PeftLabs.Memory;
using PeftLabs.Quantization;
using PeftLabs.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Quantization;

[Collection("Memory")]
public class StoredWeightTests
{
    private static readonly string[] s_formats =
        ["float32", "bfloat16", "float16", "nf4", "nf4-dq", "nf4:4096", "fp4-dq:128", "int8", "int8:4096", "int8-row"];

    // Rows of whole blocks, blocks across rows, an odd number of weights, several tiles, more scales than one nested block.
    public static IEnumerable<TheoryDataRow<string, int, int>> Cases =>
        from format in s_formats
        from shape in new[] { (96, 256), (70, 33), (7, 13), (600, 640), (33, 4096) }
        select new TheoryDataRow<string, int, int>(format, shape.Item1, shape.Item2);

    [Theory, MemberData(nameof(Cases))]
    public void Products_equal_those_of_the_decoded_matrix(string name, int rows, int columns)
    {
        using var scope = NewDisposeScope();
        using var stored = WeightFormat.Parse(name).Encode(Matrix(rows, columns));
        var plain = stored.Decode(0, rows);
        foreach (var tokens in new[] { 1, 3, 5, 40 })
        {
            var (x, g) = (Matrix(tokens, columns, seed: tokens), Matrix(tokens, rows, seed: tokens + 1));
            Tolerance.Near(x.mm(plain.t()), stored.Multiply(x), 1e-5, $"x·Wᵀ of {tokens}");
            Tolerance.Near(g.mm(plain), stored.MultiplyTransposed(g), 1e-5, $"g·W of {tokens}");
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Operators_decode_to_the_bits_of_the_kernels(string name, int rows, int columns)
    {
        using var scope = NewDisposeScope();
        using var stored = (TiledWeight)WeightFormat.Parse(name).Encode(Matrix(rows, columns));
        var (x, g) = (Matrix(5, columns), Matrix(5, rows));
        var indices = tensor(new long[] { rows - 1, 0, rows / 2 });
        foreach (var (first, count) in new[] { (0, rows), (1, rows - 2), (rows - 1, 1) })
        {
            var expected = Floats(stored.Decode(first, count));
            stored.ForceOperators = true;
            Weights.EqualBits(expected, Floats(stored.Decode(first, count)), $"rows {first} to {first + count}");
            stored.ForceOperators = false;
        }
        var (forward, backward, found) = (stored.Multiply(x), stored.MultiplyTransposed(g), Floats(stored.DecodeRows(indices)));
        stored.ForceOperators = true;
        Tolerance.Near(forward, stored.Multiply(x), 1e-5, "x·Wᵀ");
        Tolerance.Near(backward, stored.MultiplyTransposed(g), 1e-5, "g·W");
        Weights.EqualBits(found, Floats(stored.DecodeRows(indices)));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Bytes_are_those_that_the_meter_counts(string name, int rows, int columns)
    {
        var format = WeightFormat.Parse(name);
        using var matrix = Matrix(rows, columns);
        using var meter = MemoryMeter.Start();
        using (var stored = format.Encode(matrix))
        {
            Assert.Equal(format.StoredBytes(rows, columns), meter.CurrentBytes);
            Assert.Equal(meter.CurrentBytes, stored.Bytes);
        }
        Assert.Equal(0, meter.CurrentBytes);
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_product_needs_its_result_and_one_tile(string name, int rows, int columns)
    {
        using var stored = WeightFormat.Parse(name).Encode(Matrix(rows, columns));
        using var x = Matrix(8, columns);
        using var g = Matrix(8, rows);
        using var meter = MemoryMeter.Start();
        stored.Multiply(x).Dispose();
        Assert.InRange(meter.PeakBytes, 4 * 8 * rows, 4 * 8 * rows + TileBuffer.Bytes(rows, columns));
        meter.EndStep();
        stored.MultiplyTransposed(g).Dispose();
        Assert.InRange(meter.StepPeakBytes, 4 * 8 * columns, 4 * 8 * columns + TileBuffer.Bytes(rows, columns));
        Assert.Equal(0, meter.CurrentBytes);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rows_encoded_in_parallel_are_those_encoded_at_once(string name, int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var format = WeightFormat.Parse(name);
        var (matrix, told) = (Matrix(rows, columns), 0L);
        using var once = format.Encode(matrix);
        using var parallel = format.Allocate(rows, columns, CPU);
        var values = Floats(matrix);
        using var encoder = new ParallelEncoder();
        encoder.Encode(parallel, (row, part) => values.AsSpan((int)row * columns, part.Length).CopyTo(part), count => told += count);
        Assert.Equal(rows, told);
        foreach (var (expected, found) in once.Tensors.Zip(parallel.Tensors))
            Assert.True(expected.Tensor.bytes.SequenceEqual(found.Tensor.bytes), expected.Role);
    }

    [Theory]
    [InlineData("nf4-dq")]
    [InlineData("int8")]
    [InlineData("int8-row")]
    [InlineData("bfloat16")]
    public void Adding_encodes_the_sum(string name)
    {
        using var scope = NewDisposeScope();
        var format = WeightFormat.Parse(name);
        using var stored = format.Encode(Matrix(96, 256));
        var update = Matrix(96, 256, seed: 5);
        using var expected = format.Encode(stored.Decode(0, 96).add_(update, 0.5f));
        stored.Add(update, 0.5);
        Weights.EqualBits(Floats(expected.Decode(0, 96)), Floats(stored.Decode(0, 96)));
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_named_by_its_place_in_the_matrix()
    {
        using var scope = NewDisposeScope();
        var matrix = Matrix(600, 640);
        matrix.Floats()[500 * 640 + 17] = float.NaN;
        matrix.Floats()[599 * 640] = float.PositiveInfinity;
        foreach (var name in new[] { "nf4-dq", "int8", "int8-row" })
            Assert.Equal(500 * 640 + 17,
                Assert.Throws<NonFiniteWeightException>(() => WeightFormat.Parse(name).Encode(matrix)).Position);
    }

    [Fact]
    public void Rows_that_cut_a_block_in_two_are_refused()
    {
        using var stored = WeightFormat.Parse("nf4:256").Allocate(10, 576, CPU);
        Assert.Contains("4 at a time", Assert.Throws<ArgumentException>(() => stored.EncodeRows(2, new float[4 * 576])).Message);
        Assert.Throws<ArgumentException>(() => stored.EncodeRows(0, new float[2 * 576]));
        Assert.Throws<ArgumentException>(() => stored.EncodeRows(8, new float[4 * 576]));
        Assert.Throws<ArgumentException>(() => stored.EncodeRows(0, new float[5]));
        stored.EncodeRows(8, new float[2 * 576]);
    }

    [Fact]
    public void A_matrix_too_large_for_its_codes_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightFormat.Int8.Allocate(1 << 20, 1 << 12, CPU));

    private static Tensor Matrix(int rows, int columns, int seed = 1) => tensor(Weights.Random(seed, rows * columns), rows, columns);

    private static float[] Floats(Tensor values) => values.Floats().ToArray();
}

internal static class TensorFloats
{
    public static Span<float> Floats(this Tensor values) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(values.bytes);
}
