using FsCheck;
using FsCheck.Xunit;
using PeftLabs.Quantization;

namespace PeftLabs.Tests.Quantization;

public class BlockCodec4Tests
{
    public static IEnumerable<TheoryDataRow<string, string, int>> FixtureCases =>
        from path in Weights.Paths
        from book in new[] { "nf4", "fp4" }
        from blockSize in new[] { 64, 128 }
        select new TheoryDataRow<string, string, int>(path.Data, book, blockSize);

    private static CodeBook4 Book(string name) => name == "nf4" ? CodeBook4.NF4 : CodeBook4.FP4;

    [Theory]
    [MemberData(nameof(FixtureCases))]
    public void Codes_absmax_and_values_equal_the_fixture(string path, string book, int blockSize)
    {
        var fixture = QuantizationFixture.Expected();
        var weight = fixture.Tensor<float>("weight");
        var codec = new BlockCodec4(Book(book), blockSize) { Kernels = Weights.Path(path) };
        var packed = new byte[BlockCodec4.PackedBytes(weight.Length)];
        var absMax = new float[codec.Blocks(weight.Length)];
        codec.Quantize(weight, packed, absMax);
        Assert.Equal(fixture.Tensor<byte>($"{book}.{blockSize}.packed"), packed);
        Weights.EqualBits(fixture.Tensor<float>($"{book}.{blockSize}.absmax"), absMax);
        var values = new float[weight.Length];
        codec.Dequantize(packed, absMax, values);
        Weights.EqualBits(fixture.Tensor<float>($"{book}.{blockSize}.dequantized"), values);
    }

    [Theory]
    [InlineData("nf4")]
    [InlineData("fp4")]
    public void Doubly_quantized_scales_decode_to_the_fixture(string book)
    {
        var fixture = QuantizationFixture.Expected();
        var scales = new BlockScales(fixture.Tensor<byte>($"{book}.double.absmax_u8"),
            fixture.Tensor<float>($"{book}.double.nested_absmax"), fixture.Tensor<float>($"{book}.double.offset")[0],
            fixture.Tensor<float>($"{book}.double.nested_code"));
        var values = new float[96 * 256];
        new BlockCodec4(Book(book), 64).Dequantize(fixture.Tensor<byte>($"{book}.double.packed"), scales, values);
        Weights.EqualBits(fixture.Tensor<float>($"{book}.double.dequantized"), values);
    }

    [Property(MaxTest = 60)]
    public void Every_path_gives_the_same_bits_for_any_length(int seed, PositiveInt size, bool fp4)
    {
        var weight = Weights.Random(seed, size.Get % 1500 + 1);
        var book = fp4 ? CodeBook4.FP4 : CodeBook4.NF4;
        var portable = Quantized(weight, new BlockCodec4(book, 64) { Kernels = Weights.Portable });
        foreach (var kernels in PeftLabs.Quantization.Cpu.CpuKernels.Available)
        {
            var found = Quantized(weight, new BlockCodec4(book, 64) { Kernels = kernels });
            Assert.Equal(portable.Packed, found.Packed);
            Weights.EqualBits(portable.AbsMax, found.AbsMax, kernels.Name);
            Weights.EqualBits(portable.Values, found.Values, kernels.Name);
        }
    }

    [Property(MaxTest = 60)]
    public void The_error_is_at_most_half_the_gap_of_levels_times_absmax(int seed, PositiveInt size, bool fp4)
    {
        var weight = Weights.Random(seed, size.Get % 1500 + 1);
        var book = fp4 ? CodeBook4.FP4 : CodeBook4.NF4;
        var (packed, absMax, values) = Quantized(weight, new BlockCodec4(book, 128));
        for (var i = 0; i < weight.Length; i++)
        {
            var distance = Math.Abs((double)weight[i] - values[i]);
            var nearest = book.Levels.ToArray().Min(level => Math.Abs((double)weight[i] - (double)level * absMax[i / 128]));
            Assert.True(distance <= nearest + 1e-6 * absMax[i / 128] + 1e-38, $"{weight[i]} became {values[i]}.");
        }
        Assert.Equal((weight.Length + 1) / 2, packed.Length);
    }

    [Property(MaxTest = 60)]
    public void Quantizing_what_was_decoded_changes_nothing(int seed, PositiveInt size)
    {
        var codec = new BlockCodec4(CodeBook4.NF4, 64);
        var once = Quantized(Weights.Random(seed, size.Get % 1500 + 1), codec);
        var twice = Quantized(once.Values, codec);
        // Below 2^-118 a decoded level is subnormal and has lost bits: nothing is promised there.
        for (var i = 0; i < once.Values.Length; i++)
            if (once.AbsMax[i / 64] >= 1e-35f)
                Assert.Equal(once.Values[i], twice.Values[i]);
        for (var i = 0; i < once.Packed.Length; i++)
            if (once.AbsMax[i * 2 / 64] >= 1e-35f)
                Assert.Equal(once.Packed[i], twice.Packed[i]);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Each_block_size_scales_by_the_largest_magnitude_of_its_blocks(int blockSize)
    {
        var weight = Weights.Random(blockSize, 3 * blockSize + 17);
        var (_, absMax, values) = Quantized(weight, new BlockCodec4(CodeBook4.NF4, blockSize));
        Assert.Equal(4, absMax.Length);
        for (var block = 0; block < 4; block++)
        {
            var own = weight[(block * blockSize)..Math.Min(weight.Length, (block + 1) * blockSize)];
            Assert.Equal(Math.Max(own.Max(MathF.Abs), own.Length < blockSize ? 1e-38f : 0), absMax[block]);
            Assert.Equal(absMax[block] > 1e-37f ? absMax[block] : 0, values.Skip(block * blockSize).Take(own.Length).Max(MathF.Abs));
        }
    }

    [Fact]
    public void A_block_of_zeros_decodes_to_zeros()
    {
        var (packed, absMax, values) = Quantized(new float[64], new BlockCodec4(CodeBook4.NF4, 64));
        Assert.All(packed, code => Assert.Equal(0x77, code));
        Weights.EqualBits([0], absMax);
        Weights.EqualBits(new float[64], values);
    }

    [Fact]
    public void An_odd_count_leaves_the_code_of_zero_in_the_last_low_nibble()
    {
        var (packed, _, values) = Quantized([1, -1, 0.5f], new BlockCodec4(CodeBook4.NF4, 64));
        Assert.Equal([0xF0, 0xC7], packed);
        Assert.Equal([1, -1, 0.44070982933044434f], values);
    }

    [Theory]
    [InlineData(float.NaN, 100_003)]
    [InlineData(float.PositiveInfinity, 7)]
    [InlineData(float.NegativeInfinity, 299_999)]
    public void A_weight_that_is_not_finite_is_named_by_its_position(float value, int position)
    {
        var weight = Weights.Random(1, 300_000);
        weight[position] = value;
        foreach (var kernels in PeftLabs.Quantization.Cpu.CpuKernels.Available)
        {
            var codec = new BlockCodec4(CodeBook4.NF4, 64) { Kernels = kernels };
            var exception = Assert.Throws<NonFiniteWeightException>(() => Quantized(weight, codec));
            Assert.Equal(position, exception.Position);
            Assert.Equal(value, exception.Value);
        }
    }

    [Fact]
    public void The_first_of_several_such_weights_is_named_whatever_thread_finds_it()
    {
        var weight = Weights.Random(1, 1_000_000);
        weight[999_990] = weight[500_001] = weight[123_456] = float.NaN;
        Assert.Equal(123_456,
            Assert.Throws<NonFiniteWeightException>(() => Quantized(weight, new BlockCodec4(CodeBook4.NF4, 64) { Threads = 4 })).Position);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(96)]
    [InlineData(8192)]
    public void A_block_size_that_no_format_has_is_refused(int blockSize) =>
        Assert.Contains("64, 128", Assert.Throws<ArgumentOutOfRangeException>(() => new BlockCodec4(CodeBook4.NF4, blockSize)).Message);

    [Fact]
    public void Spans_of_a_wrong_length_are_refused()
    {
        var codec = new BlockCodec4(CodeBook4.NF4, 64);
        Assert.Throws<ArgumentException>(() => codec.Quantize(new float[65], new byte[32], new float[2]));
        Assert.Throws<ArgumentException>(() => codec.Quantize(new float[65], new byte[33], new float[1]));
        Assert.Throws<ArgumentException>(() => codec.Dequantize(new byte[33], new float[1], new float[65]));
    }

    [Fact]
    public void Many_threads_and_streaming_stores_give_what_one_thread_gives()
    {
        var weight = Weights.Random(5, (4 << 20) + 77);
        var one = Quantized(weight, new BlockCodec4(CodeBook4.NF4, 64) { Threads = 1 });
        var many = Quantized(weight, new BlockCodec4(CodeBook4.NF4, 64) { Threads = 3 });
        Assert.Equal(one.Packed, many.Packed);
        Weights.EqualBits(one.Values, many.Values);
        var portable = new float[weight.Length];
        new BlockCodec4(CodeBook4.NF4, 64) { Kernels = Weights.Portable }.Dequantize(one.Packed, one.AbsMax, portable);
        Weights.EqualBits(portable, many.Values);
        var aligned = GC.AllocateUninitializedArray<float>(weight.Length + 16, pinned: true);
        for (var start = 0; start < 16; start++)
        {
            new BlockCodec4(CodeBook4.NF4, 64).Dequantize(one.Packed, one.AbsMax, aligned.AsSpan(start, weight.Length));
            Weights.EqualBits(portable, aligned.AsSpan(start, weight.Length));
        }
    }

    internal static (byte[] Packed, float[] AbsMax, float[] Values) Quantized(float[] weight, BlockCodec4 codec)
    {
        var packed = new byte[BlockCodec4.PackedBytes(weight.Length)];
        var absMax = new float[codec.Blocks(weight.Length)];
        codec.Quantize(weight, packed, absMax);
        var values = new float[weight.Length];
        codec.Dequantize(packed, absMax, values);
        return (packed, absMax, values);
    }
}
