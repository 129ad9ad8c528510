using FsCheck;
using FsCheck.Xunit;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Tests.Quantization;

public class DynamicCodec8Tests
{
    [Theory]
    [MemberData(nameof(Weights.Paths), MemberType = typeof(Weights))]
    public void Codes_absmax_and_values_equal_the_fixture(string path)
    {
        var fixture = QuantizationFixture.Expected();
        foreach (var blockSize in new[] { 256, 4096 })
        {
            var codec = new DynamicCodec8(blockSize) { Kernels = Weights.Path(path) };
            var (codes, absMax, values) = Quantized(fixture.Tensor<float>("weight"), codec);
            Assert.Equal(fixture.Tensor<byte>($"dynamic8.{blockSize}.codes"), codes);
            Weights.EqualBits(fixture.Tensor<float>($"dynamic8.{blockSize}.absmax"), absMax);
            Weights.EqualBits(fixture.Tensor<float>($"dynamic8.{blockSize}.dequantized"), values);
        }
    }

    [Property(MaxTest = 60)]
    public void Every_path_gives_the_same_bits_for_any_length(int seed, PositiveInt size)
    {
        var weight = Weights.Random(seed, size.Get % 1500 + 1);
        var portable = Quantized(weight, new DynamicCodec8(256) { Kernels = Weights.Portable });
        foreach (var kernels in CpuKernels.Available)
        {
            var found = Quantized(weight, new DynamicCodec8(256) { Kernels = kernels });
            Assert.Equal(portable.Codes, found.Codes);
            Weights.EqualBits(portable.Values, found.Values, kernels.Name);
        }
    }

    [Property(MaxTest = 60)]
    public void The_error_is_at_most_half_the_gap_of_levels_and_a_search_step_times_absmax(int seed, PositiveInt size)
    {
        var weight = Weights.Random(seed, size.Get % 1500 + 1);
        var (_, absMax, values) = Quantized(weight, new DynamicCodec8(256));
        for (var i = 0; i < weight.Length; i++)
        {
            double scale = absMax[i / 256];
            var nearest = DynamicMap.Signed.ToArray().Min(level => Math.Abs(weight[i] - level * scale));
            var error = Math.Abs((double)weight[i] - values[i]);
            Assert.True(error <= nearest + scale * 2.1 / 65535 + float.Epsilon, $"{weight[i]} became {values[i]}.");
        }
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_named_by_its_position()
    {
        var weight = new float[300];
        weight[299] = float.NaN;
        Assert.Equal(299, Assert.Throws<NonFiniteWeightException>(() => Quantized(weight, new DynamicCodec8(256))).Position);
    }

    internal static (byte[] Codes, float[] AbsMax, float[] Values) Quantized(float[] weight, DynamicCodec8 codec)
    {
        var (codes, absMax, values) = (new byte[weight.Length], new float[codec.Blocks(weight.Length)], new float[weight.Length]);
        codec.Quantize(weight, codes, absMax);
        codec.Dequantize(codes, absMax, values);
        return (codes, absMax, values);
    }
}
