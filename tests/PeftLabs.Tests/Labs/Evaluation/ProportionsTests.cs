using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs.Evaluation;

public class ProportionsTests
{
    [Theory]
    // Newcombe, Statistics in Medicine 17 (1998), 857–872, table I, method 3.
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilson_s_interval_is_the_published_one(int successes, int trials, double low, double high) =>
        Assert.Equal((low, high), Rounded(Proportions.Wilson(successes, trials)));

    [Fact]
    public void Wilson_s_interval_of_all_mirrors_that_of_none()
    {
        var (none, all) = (Proportions.Wilson(0, 200), Proportions.Wilson(200, 200));
        Assert.Equal((0.0, 1.0), (none.Low, all.High));
        Assert.Equal(none.High, 1 - all.Low, 1e-12);
    }

    [Theory]
    [InlineData(0, 0, "0 trials")]
    [InlineData(3, 2, "3 successes")]
    [InlineData(-1, 2, "-1 successes")]
    public void Counts_that_cannot_be_are_refused(int successes, int trials, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentOutOfRangeException>(() => Proportions.Wilson(successes, trials)).Message);

    [Theory]
    // Newcombe, Statistics in Medicine 17 (1998), 2635–2650, table III, method 10; before and after change places with the sign.
    [InlineData(36, 2, 12, 0, 0.0569, 0.3404)]
    [InlineData(36, 12, 2, 0, -0.3404, -0.0569)]
    // Cavo et al. (2012), as in Fagerland, Lydersen and Laake, "Statistical Analysis of Contingency Tables", chapter 8.
    [InlineData(59, 16, 6, 80, -0.1186, -0.0046)]
    public void Interval_of_a_change_is_newcombe_s(int both, int lost, int gained, int neither, double low, double high) =>
        Assert.Equal((low, high), Rounded(Proportions.Change(both, lost, gained, neither)));

    [Fact]
    public void Interval_of_a_change_from_none_to_all_is_not_a_point()
    {
        var (low, high) = Proportions.Change(0, 0, 50, 0);
        Assert.True(low is > 0.85 and < 0.95 && high == 1, $"{low} to {high}");
    }

    [Theory]
    // By hand: 2·(1 + n + …)/2ⁿ; the last is 2·(1 + 8)/2⁸.
    [InlineData(0, 5, 0.0625)]
    [InlineData(5, 0, 0.0625)]
    [InlineData(2, 10, 0.0386)]
    [InlineData(3, 3, 1.0)]
    [InlineData(0, 0, 1.0)]
    [InlineData(7, 1, 0.0703)]
    public void McNemar_s_exact_test_gives_known_values(int lost, int gained, double p) =>
        Assert.Equal(p, Math.Round(Proportions.McNemar(lost, gained), 4));

    [Fact]
    public void McNemar_s_test_of_thousands_does_not_underflow()
    {
        // The normal approximation: z = (2·5000 − 10100 + 1) / √10100, two-sided 0.3245.
        Assert.Equal(0.3245, Proportions.McNemar(5000, 5100), 1e-3);
        Assert.InRange(Proportions.McNemar(0, 3000), 0, 1e-300);
    }

    private static (double, double) Rounded((double Low, double High) interval) => (Math.Round(interval.Low, 4), Math.Round(interval.High, 4));
}
