using PeftLabs.Memory;
using PeftLabs.Training;
using PeftLabs.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training.Optimizers;

[Collection("Memory")]
public class GaLoreTests
{
    [Theory]
    [InlineData(90, 40, 5, 1.0)]
    [InlineData(40, 40, 40, 1.0)]
    [InlineData(30, 12, 3, 1e-12)]
    public void The_subspace_is_that_of_the_largest_singular_values(int rows, int columns, int rank, double scale)
    {
        using var scope = NewDisposeScope();
        // Singular values fall by a third each, with known vectors.
        var (left, right) = (Orthonormal(rows, columns, 1), Orthonormal(columns, columns, 2));
        var values = tensor(Enumerable.Range(0, columns).Select(i => (float)(scale * Math.Pow(1.5, -i))).ToArray());
        var found = GradientSubspace.Find(left.mul(values).mm(right.t()), rank, "g", 3);
        Assert.Equal([columns, rank], found.shape);
        Assert.True(found.t().mm(found).allclose(eye(rank), 1e-4, 1e-4));
        // The cosines of the angles between the two subspaces are the singular values of the product, all 1 where they are the same.
        var product = right.narrow(1, 0, rank).t().mm(found);
        var off = product.mm(product.t()).sub(eye(rank)).abs().max().item<float>();
        Assert.True(off <= 1e-3, $"{off}");
    }

    [Fact]
    public void A_gradient_of_zeros_has_a_subspace_too()
    {
        using var scope = NewDisposeScope();
        var found = GradientSubspace.Find(zeros(20, 10), 3, "g", 3);
        Assert.True(found.t().mm(found).allclose(eye(3), 1e-4, 1e-4));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_of_the_gradients_own_size_is_made(bool isTransposed)
    {
        using var scope = NewDisposeScope();
        var gradient = isTransposed ? rand(64, 50_000).t() : rand(50_000, 64);
        using var meter = MemoryMeter.Start();

        GradientSubspace.Find(gradient, 4, "g", 3);

        // A chunk of 2²⁰ values, and its product with 12 columns.
        Assert.InRange(meter.PeakBytes, 4 << 20, 6 << 20);
    }

    [Theory]
    [InlineData(60, 24)]
    [InlineData(24, 60)]
    public void Steps_are_those_of_AdamW_within_the_subspace(int rows, int columns)
    {
        var options = OptimizerRun.Options(OptimizerKind.GaLore) with { GaLoreInterval = 100 };
        using var run = new OptimizerRun(options, ("p", [rows, columns]));
        var (mean, square) = (new double[60, 4], new double[60, 4]);
        var expected = run.Values(0).Select(v => (double)v).ToArray();
        for (var step = 0; step < 4; step++)
        {
            run.Steps(step, step + 1);
            var q = Projector(run);
            Move(expected, OptimizerRun.Gradient(step, 0, rows * columns), q, mean, square, options, step + 1, (rows, columns));
        }
        OptimizerRuleTests.Close(expected, run.Values(0), 2e-5);
        Assert.Equal(4 * (24 * 4 + 2 * 60 * 4), run.Optimizer.StateBytes);
    }

    [Fact]
    public void The_subspace_is_looked_for_anew_after_the_interval()
    {
        using var run = new OptimizerRun(OptimizerRun.Options(OptimizerKind.GaLore) with { GaLoreInterval = 3 }, ("p", [30, 20]));
        List<float[]> projectors = [];
        for (var step = 0; step < 7; step++)
        {
            run.Steps(step, step + 1);
            projectors.Add(Projector(run));
        }
        Assert.Equal(projectors[0], projectors[2]);
        Assert.NotEqual(projectors[2], projectors[3]);
        Assert.Equal(projectors[3], projectors[5]);
        Assert.NotEqual(projectors[5], projectors[6]);
    }

    // One step in double, with the projector [short, 4] as it is.
    private static void Move(
        double[] p, float[] g, float[] q, double[,] mean, double[,] square, TrainingOptions o, int steps, (int Rows, int Columns) shape)
    {
        var tall = shape.Rows >= shape.Columns;
        var (length, width) = tall ? (shape.Rows, shape.Columns) : (shape.Columns, shape.Rows);
        for (var i = 0; i < length; i++)
        {
            var low = new double[4];
            for (var r = 0; r < 4; r++)
            {
                for (var j = 0; j < width; j++)
                    low[r] += (double)g[At(i, j)] * q[j * 4 + r];
                mean[i, r] = o.Beta1 * mean[i, r] + (1 - o.Beta1) * low[r];
                square[i, r] = o.Beta2 * square[i, r] + (1 - o.Beta2) * low[r] * low[r];
                var root = Math.Sqrt(square[i, r] / (1 - Math.Pow(o.Beta2, steps)));
                low[r] = mean[i, r] / (1 - Math.Pow(o.Beta1, steps)) / (root + o.Epsilon);
            }
            for (var j = 0; j < width; j++)
                p[At(i, j)] = p[At(i, j)] * (1 - 0.01 * o.WeightDecay)
                    - 0.01 * o.GaLoreScale * Enumerable.Range(0, 4).Sum(r => low[r] * q[j * 4 + r]);
        }

        int At(int i, int j) => tall ? i * shape.Columns + j : j * shape.Columns + i;
    }

    private static float[] Projector(OptimizerRun run) =>
        run.Optimizer.State().Where(s => s.Name == "p/projector").Select(s => s.Tensor.data<float>().ToArray()).Single();

    private static Tensor Orthonormal(int rows, int columns, int index) =>
        linalg.qr(tensor(OptimizerRun.Gradient(0, index, rows * columns)).view(rows, columns)).Item1;
}
