using PeftLabs.Quantization;

namespace PeftLabs.Tests.Quantization;

public unsafe class CodeBook4Tests
{
    // The decision tree of bitsandbytes' CUDA kernel, lowest bound first.
    private static readonly float[] NF4Bounds =
    [
        -0.8480964004993439f, -0.6106329262256622f, -0.4599952697753906f, -0.33967943489551544f, -0.23460740596055984f,
        -0.13791173323988914f, -0.045525018125772476f, 0.03979014977812767f, 0.1202552504837513f, 0.2035212516784668f,
        0.2920137718319893f, 0.3893125355243683f, 0.5016634166240692f, 0.6427869200706482f, 0.8614784181118011f,
    ];

    [Fact]
    public void Levels_equal_the_fixture()
    {
        var fixture = QuantizationFixture.Expected();
        Weights.EqualBits(fixture.Tensor<float>("nf4.code"), CodeBook4.NF4.Levels);
        Weights.EqualBits(fixture.Tensor<float>("fp4.code"), CodeBook4.FP4.Levels);
    }

    [Fact]
    public void NF4_bounds_are_those_of_the_published_decision_tree_but_for_the_rounding_of_halves()
    {
        var bounds = Bounds(CodeBook4.NF4);
        for (var i = 0; i < 15; i++)
            Assert.Equal(BitConverter.SingleToInt32Bits(NF4Bounds[i]), BitConverter.SingleToInt32Bits(bounds[i]), 1.0);
        Assert.Equal(11, bounds.Where((bound, i) => bound == NF4Bounds[i]).Count());
    }

    private static float[] Bounds(CodeBook4 book) => new ReadOnlySpan<float>(book.Tables.Bounds, 15).ToArray();

    [Fact]
    public void A_value_on_a_bound_takes_the_lower_level_and_the_next_float_the_upper()
    {
        float[] values = [.. Bounds(CodeBook4.NF4), 1, .. Bounds(CodeBook4.NF4).Select(MathF.BitIncrement), 1];
        foreach (var kernels in PeftLabs.Quantization.Cpu.CpuKernels.Available)
        {
            var packed = new byte[16];
            new BlockCodec4(CodeBook4.NF4, 32) { Kernels = kernels }.Quantize(values, packed, new float[1]);
            Assert.Equal([0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF], packed[..8]);
            Assert.Equal([0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xFF], packed[8..]);
        }
    }
}
