using PeftLabs.Quantization.Cpu;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training.Losses;

public class CrossEntropyRowsTests
{
    private static readonly (double Smoothing, double ZLoss)[] s_terms = [(0, 0), (0.1, 0), (0, 1e-2), (0.3, 1e-3)];

    public static IEnumerable<TheoryDataRow<string, int, int, double, double>> Cases =>
        from how in CpuKernels.Available.Select(k => k.Name).Append("operators")
        from shape in new[] { (1, 2), (3, 7), (5, 33), (70, 257), (9, 4099) }
        from terms in s_terms
        select new TheoryDataRow<string, int, int, double, double>(how, shape.Item1, shape.Item2, terms.Smoothing, terms.ZLoss);

    [Theory, MemberData(nameof(Cases))]
    public void Losses_and_gradients_are_those_of_the_formula_in_double(
        string how, int rows, int vocabulary, double smoothing, double zLoss)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(rows);
        var (logits, labels) = (randn(rows, vocabulary).mul(6), randint(0, vocabulary, [rows], dtype: ScalarType.Int64));
        var exact = logits.to(ScalarType.Float64).requires_grad_();
        var expected = Formula(exact, labels, smoothing, zLoss);
        expected.backward();
        var loss = Run(how, logits, labels, new LossTerms(smoothing, zLoss), gradient: true);
        Assert.Equal(expected.item<double>(), loss, 1e-5 * Math.Abs(expected.item<double>()));
        Tolerance.Near(exact.grad!.to(ScalarType.Float32), logits, 1e-5, "the gradient");
    }

    [Theory]
    [InlineData("best")]
    [InlineData("portable")]
    [InlineData("operators")]
    public void Logits_are_capped_first_where_a_cap_is_given(string how)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        var (logits, labels) = (randn(9, 77).mul(40), randint(0, 77, [9], dtype: ScalarType.Int64));
        var exact = logits.to(ScalarType.Float64).requires_grad_();
        var expected = Formula((exact / 30).tanh() * 30, labels, 0.1, 1e-3);
        expected.backward();
        var loss = Run(how, logits.clone(), labels, new LossTerms(0.1, 1e-3, 30), gradient: false);
        Assert.Equal(loss, Run(how, logits, labels, new LossTerms(0.1, 1e-3, 30), gradient: true), 1e-9);
        Assert.Equal(expected.item<double>(), loss, 1e-5 * Math.Abs(expected.item<double>()));
        Tolerance.Near(exact.grad!.to(ScalarType.Float32), logits, 1e-5, "the gradient");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void Sums_equal_those_of_torch(double smoothing)
    {
        using var scope = NewDisposeScope();
        var (logits, labels) = (randn(40, 501).mul(3), randint(0, 501, [40], dtype: ScalarType.Int64));
        var expected = nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum, label_smoothing: smoothing).item<float>();
        var before = logits.clone();
        Assert.Equal(expected, Run("best", logits, labels, new LossTerms(smoothing, 0), gradient: false), 1e-5 * expected);
        Assert.True(before.equal(logits).all().item<bool>());
    }

    [Fact]
    public void Each_row_s_loss_is_torch_s_by_kernel_and_by_operators()
    {
        using var scope = NewDisposeScope();
        var (logits, labels) = (randn(20, 301).mul(3), randint(0, 301, [20], dtype: ScalarType.Int64));
        var expected = nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None).data<float>().ToArray();
        foreach (var losses in new[] { CrossEntropyRows.Each(logits, labels), CrossEntropyRows.EachByOperators(logits, labels) })
            Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Theory]
    [InlineData("best")]
    [InlineData("operators")]
    public void Huge_logits_neither_overflow_nor_vanish(string how)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 1e4f, -1e4f, 0, 3e38f, 1, 2, -1e4f, -1e4f, -1e4f }, 3, 3);
        var labels = tensor(new long[] { 0, 0, 2 });
        Assert.Equal(Math.Log(3), Run(how, logits, labels, LossTerms.Plain, gradient: true), 1e-3);
        Assert.Equal([0, 0, 0, 0, 0, 0, 1 / 3f, 1 / 3f, -2 / 3f], logits.data<float>().ToArray().Select(v => MathF.Round(v, 6) + 0f),
            (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Theory]
    [InlineData("best", float.NaN)]
    [InlineData("best", float.PositiveInfinity)]
    [InlineData("portable", float.NaN)]
    [InlineData("operators", float.NaN)]
    public void A_logit_that_is_not_finite_shows_in_the_loss(string how, float value)
    {
        using var scope = NewDisposeScope();
        var logits = zeros(2, 50);
        logits[1, 33] = value;
        Assert.False(double.IsFinite(Run(how, logits, tensor(new long[] { 1, 2 }), LossTerms.Plain, gradient: false)));
    }

    private static double Run(string how, Tensor logits, Tensor labels, LossTerms terms, bool gradient)
    {
        using var total = zeros([], dtype: ScalarType.Float64);
        if (how == "operators")
            CrossEntropyRows.ByOperators(logits, labels, terms, total, gradient);
        else
            CrossEntropyRows.Add(logits, labels, terms, total, gradient,
                how == "best" ? null : CpuKernels.Available.Single(k => k.Name == how));
        return total.item<double>();
    }

    /// <summary>Σ log Z − (1 − ε)·z_y − ε·mean(z) + ζ·log²Z.</summary>
    internal static Tensor Formula(Tensor z, Tensor labels, double smoothing, double zLoss)
    {
        var logZ = z.exp().sum(dim: 1).log();
        var chosen = z.gather(1, labels.unsqueeze(1)).squeeze(1);
        return (logZ - chosen * (1 - smoothing) - z.mean([1]) * smoothing + logZ * logZ * zLoss).sum();
    }
}
