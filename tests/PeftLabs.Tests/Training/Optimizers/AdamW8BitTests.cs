using PeftLabs.Quantization;
using PeftLabs.Training;
using PeftLabs.Training.Optimizers.Cpu;

namespace PeftLabs.Tests.Training.Optimizers;

[Collection("Memory")]
public class AdamW8BitTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_computes_what_quantizing_value_by_value_does(bool operators)
    {
        var options = OptimizerRun.Options(OptimizerKind.AdamW8Bit);
        using var run = new OptimizerRun(options, ("p", [41, 113]));
        run.Optimizer.ForceOperators = operators;
        var oracle = new Oracle(options, run.Values(0));
        for (var step = 0; step < 5; step++)
        {
            run.Steps(step, step + 1);
            oracle.Step(OptimizerRun.Gradient(step, 0, 41 * 113), 0.01);
            // Codes at a midpoint may differ by the last bit of a moment: no more than a few in a thousand, and by one level.
            var state = run.Optimizer.State().ToDictionary(s => s.Name, s => s.Tensor.bytes.ToArray());
            Similar(oracle.MeanCodes, state["p/mean"]);
            Similar(oracle.SquareCodes, state["p/square"]);
            oracle.Continue(run.Values(0), state["p/mean"], state["p/square"]);
        }
    }

    [Fact]
    public void A_moment_of_zeros_stays_zero_and_moves_nothing()
    {
        using var run = new OptimizerRun(new() { Optimizer = OptimizerKind.AdamW8Bit }, ("p", [64, 80]));
        var before = run.Values(0);
        using var scope = TorchSharp.torch.NewDisposeScope();
        for (var step = 0; step < 2; step++)
        {
            run.Parameters[0].Parameter.grad = TorchSharp.torch.zeros(64, 80);
            run.Optimizer.Step(0.1);
        }
        Assert.Equal(before, run.Values(0));
    }

    [Fact]
    public void Rounding_finds_the_nearest_level_of_every_value()
    {
        var random = new Random(5);
        foreach (var (rounding, signed) in new[] { (DynamicRounding.Signed, true), (DynamicRounding.Unsigned, false) })
        {
            Assert.Equal(0, rounding.Levels[rounding.Zero]);
            for (var i = 0; i < 200_000; i++)
            {
                var value = (float)(Math.Pow(10, -9 * random.NextDouble()) * (signed && i % 2 == 0 ? -1 : 1));
                Assert.Equal(Nearest(rounding.Levels, value), rounding.Code(value));
            }
            foreach (var level in rounding.Levels)
                Assert.Equal(level, rounding.Levels[rounding.Code(level)]);
            foreach (var bound in rounding.Bounds[..^1])
                Assert.Equal(rounding.Code(bound) + 1, rounding.Code(MathF.BitIncrement(bound)));
        }
        Assert.Equal(DynamicRounding.Signed.Zero - 1, DynamicRounding.Signed.Code(-1e-20f));
        Assert.Equal(255, DynamicRounding.Unsigned.Code(float.PositiveInfinity));
    }

    private static int Nearest(ReadOnlySpan<float> levels, float value)
    {
        var best = 0;
        for (var code = 1; code < 256; code++)
            if (Math.Abs(levels[code] - (double)value) < Math.Abs(levels[best] - (double)value))
                best = code;
        // A negative value keeps its sign.
        return value < 0 && levels[best] == 0 ? best - 1 : best;
    }

    private static void Similar(byte[] expected, byte[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        var different = expected.Zip(found).Where(p => p.First != p.Second).ToList();
        Assert.True(different.Count <= 0.005 * expected.Length, $"{different.Count} of {expected.Length} codes differ");
        Assert.All(different, p => Assert.Equal(1, Math.Abs(p.First - p.Second)));
    }

    // In double but for what is stored, with the levels searched through one by one.
    private sealed class Oracle(TrainingOptions options, float[] start)
    {
        private readonly double[] _values = [.. start.Select(v => (double)v)];
        private readonly float[] _meanScales = new float[(start.Length + 255) / 256], _squareScales = new float[(start.Length + 255) / 256];
        private int _steps;

        public byte[] MeanCodes { get; private set; } = new byte[start.Length];

        public byte[] SquareCodes { get; private set; } = new byte[start.Length];

        public void Step(float[] g, double rate)
        {
            _steps++;
            double[] means = new double[g.Length], squares = new double[g.Length];
            for (var i = 0; i < g.Length; i++)
            {
                means[i] = options.Beta1 * DynamicMap.Signed[MeanCodes[i]] * _meanScales[i / 256] + (1 - options.Beta1) * g[i];
                squares[i] = options.Beta2 * DynamicMap.Unsigned[SquareCodes[i]] * _squareScales[i / 256]
                    + (1 - options.Beta2) * g[i] * g[i];
                var mean = means[i] / (1 - Math.Pow(options.Beta1, _steps));
                var square = squares[i] / (1 - Math.Pow(options.Beta2, _steps));
                _values[i] = _values[i] * (1 - rate * options.WeightDecay) - rate * mean / (Math.Sqrt(square) + options.Epsilon);
            }
            MeanCodes = Quantize(means, _meanScales, DynamicMap.Signed);
            SquareCodes = Quantize(squares, _squareScales, DynamicMap.Unsigned);
        }

        // What was found is held against what is expected, and is where the next step starts.
        public void Continue(float[] values, byte[] means, byte[] squares)
        {
            OptimizerRuleTests.Close(_values, values, 1e-5);
            (MeanCodes, SquareCodes) = (means, squares);
            for (var i = 0; i < values.Length; i++)
                _values[i] = values[i];
        }

        private static byte[] Quantize(double[] values, float[] scales, ReadOnlySpan<float> levels)
        {
            var codes = new byte[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                var block = values[(i / 256 * 256)..Math.Min(values.Length, i / 256 * 256 + 256)];
                scales[i / 256] = (float)block.Max(Math.Abs);
                codes[i] = (byte)Nearest(levels, (float)(values[i] / scales[i / 256]));
            }
            return codes;
        }
    }
}
