using FsCheck;
using FsCheck.Xunit;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Tests.Quantization;

public class RowCodec8Tests
{
    [Theory]
    [MemberData(nameof(Weights.Paths), MemberType = typeof(Weights))]
    public void Codes_and_absmax_equal_the_fixture(string path)
    {
        var fixture = QuantizationFixture.Expected();
        var (codes, absMax, _) = Quantized(fixture.Tensor<float>("weight"), 256, new RowCodec8 { Kernels = Weights.Path(path) });
        Assert.Equal(fixture.Tensor<sbyte>("int8_rowwise.codes"), codes);
        Weights.EqualBits(fixture.Tensor<float>("int8_rowwise.row_absmax"), absMax);
    }

    [Property(MaxTest = 60)]
    public void Every_path_gives_the_same_bits_and_errors_stay_below_half_a_step(int seed, PositiveInt width)
    {
        var columns = width.Get % 300 + 1;
        var weight = Weights.Random(seed, 5 * columns);
        var portable = Quantized(weight, columns, new RowCodec8 { Kernels = Weights.Portable });
        foreach (var kernels in CpuKernels.Available)
        {
            var found = Quantized(weight, columns, new RowCodec8 { Kernels = kernels });
            Assert.Equal(portable.Codes, found.Codes);
            Weights.EqualBits(portable.Values, found.Values, kernels.Name);
        }
        for (var i = 0; i < weight.Length; i++)
            Assert.True(Math.Abs(weight[i] - portable.Values[i]) <= portable.AbsMax[i / columns] * (0.5 / 127 + 1e-6) + 2 * float.Epsilon,
                $"{weight[i]} became {portable.Values[i]}.");
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_named_by_its_position()
    {
        var weight = new float[30];
        weight[13] = float.NegativeInfinity;
        Assert.Equal(13, Assert.Throws<NonFiniteWeightException>(() => Quantized(weight, 10, new RowCodec8())).Position);
    }

    internal static (sbyte[] Codes, float[] AbsMax, float[] Values) Quantized(float[] weight, int columns, RowCodec8 codec)
    {
        var (codes, absMax, values) = (new sbyte[weight.Length], new float[weight.Length / columns], new float[weight.Length]);
        codec.Quantize(weight, columns, codes, absMax);
        codec.View(codes, absMax, columns).Dequantize(values);
        return (codes, absMax, values);
    }
}
