using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Tests.Quantization;

/// <summary>Weights that meet the corners of the formats, and comparisons by bits.</summary>
internal static class Weights
{
    public static IEnumerable<TheoryDataRow<string>> Paths =>
        CpuKernels.Available.Select(kernels => new TheoryDataRow<string>(kernels.Name));

    public static CpuKernels Path(string name) => CpuKernels.Available.Single(kernels => kernels.Name == name);

    public static CpuKernels Portable => CpuKernels.Available[^1];

    /// <summary>Normal weights, with zeros of both signs, an outlier, midpoints of levels, subnormal numbers and a run of zeros.</summary>
    public static float[] Random(int seed, int count)
    {
        var random = new Random(seed);
        var weights = new float[count];
        for (var i = 0; i < count; i++)
            weights[i] = random.Next(20) switch
            {
                0 => 0f,
                1 => -0f,
                2 => Midpoint(random),
                3 => BitConverter.Int32BitsToSingle(random.Next(1, 1 << 23)),
                4 => (float)Math.Pow(10, random.Next(-30, 4)),
                _ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()) * 0.02),
            };
        if (random.Next(3) == 0)
            weights.AsSpan(random.Next(count + 1)).Clear();
        if (random.Next(4) == 0)
            for (var i = 0; i < count; i++)
                weights[i] *= 1e-38f;
        return weights;
    }

    private static float Midpoint(Random random)
    {
        var levels = CodeBook4.NF4.Levels;
        var i = random.Next(15);
        return (levels[i] + levels[i + 1]) / 2;
    }

    public static void EqualBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}[{i}]: expected {expected[i]:R} ({Hex(expected[i])}), got {actual[i]:R} ({Hex(actual[i])}).");
    }

    private static string Hex(float value) => BitConverter.SingleToInt32Bits(value).ToString("x8");
}
