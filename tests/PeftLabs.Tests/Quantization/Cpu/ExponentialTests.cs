using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Tests.Quantization.Cpu;

public unsafe class ExponentialTests
{
    public static TheoryData<string> Kernels => [.. CpuKernels.Available.Select(k => k.Name)];

    [Theory, MemberData(nameof(Kernels))]
    public void Exponentials_are_within_a_unit_in_the_last_place(string name)
    {
        var kernels = CpuKernels.Available.Single(k => k.Name == name);
        // Every 997th float between e's smallest subnormal result and 88, and all around the places where the power of two changes.
        List<float> values = [];
        for (var bits = BitConverter.SingleToInt32Bits(1e-9f); bits < BitConverter.SingleToInt32Bits(103.9f); bits += 997 * 16)
            values.AddRange([-BitConverter.Int32BitsToSingle(bits), Math.Min(88, BitConverter.Int32BitsToSingle(bits))]);
        for (var n = -140; n < 120; n++)
            values.AddRange(Enumerable.Range(-3, 7).Select(i => (float)((n + 0.5) * Math.Log(2) * (1 + i * 6e-8))));
        var results = Exp(kernels, [.. values]);
        var worst = values.Zip(results, (x, e) => Units(Math.Exp(x), e)).Max();
        Assert.InRange(worst, 0.3, 1);
    }

    [Theory, MemberData(nameof(Kernels))]
    public void What_is_no_ordinary_number_stays_so(string name)
    {
        var kernels = CpuKernels.Available.Single(k => k.Name == name);
        var results = Exp(kernels, [0, -0f, float.NegativeInfinity, -1e30f, -104.1f, float.NaN, -float.NaN, -103.9f]);
        Assert.Equal([1, 1, 0, 0, 0, float.NaN, float.NaN, float.Epsilon], results);
    }

    [Theory, MemberData(nameof(Kernels))]
    public void All_instruction_sets_give_the_same_bits(string name)
    {
        var kernels = CpuKernels.Available.Single(k => k.Name == name);
        foreach (var count in new[] { 1, 15, 16, 31, 33, 1023, 1025, 5000 })
        {
            var random = new Random(count);
            var values = Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 40 - 20)).ToArray();
            var (expected, found) = (Row(CpuKernels.Available[^1], values), Row(kernels, values));
            Assert.Equal(expected.Max, found.Max);
            Assert.Equal(expected.Sum, found.Sum);
            Assert.Equal(expected.SumExp, found.SumExp);
            Assert.Equal(expected.Values, found.Values);
            Assert.Equal(values.Max(), found.Max);
            Assert.Equal(values.Sum(v => (double)v), found.Sum, 1e-5 * count);
            Assert.Equal(values.Sum(v => Math.Exp(v - (double)found.Max)), found.SumExp, 2e-6 * found.SumExp);
        }
    }

    private static (float Max, double Sum, double SumExp, float[] Values) Row(CpuKernels kernels, float[] values)
    {
        float[] copy = [.. values, 7, 7];
        fixed (float* row = copy)
        {
            var (max, sum) = (kernels.Max(row, values.Length), kernels.Sum(row, values.Length));
            var unstored = kernels.SumExp(row, values.Length, max, store: false);
            Assert.Equal(values, copy[..^2]);
            var exponentials = kernels.SumExp(row, values.Length, max, store: true);
            Assert.Equal(unstored, exponentials);
            kernels.Affine(row, values.Length, 3, -0.25f);
            Assert.Equal([7f, 7f], copy[^2..]);
            return (max, sum, exponentials, copy);
        }
    }

    private static float[] Exp(CpuKernels kernels, float[] values)
    {
        var results = new float[values.Length];
        fixed (float* from = values, to = results)
            kernels.Exp(from, values.Length, to);
        return results;
    }

    private static double Units(double expected, float found) =>
        Math.Abs(expected - found) / Math.Max(float.Epsilon, MathF.BitIncrement((float)expected) - (double)(float)expected);
}
