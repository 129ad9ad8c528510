using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs.Evaluation;

public class BootstrapTests
{
    // The mean of 0 … 99 has the standard error √((100² − 1)/12 / 100).
    private static readonly double[] s_values = [.. Enumerable.Range(0, 100).Select(i => (double)i)];
    private static readonly double[] s_ones = [.. Enumerable.Repeat(1.0, 100)];

    private static (double Low, double High) Interval(ulong seed) => Bootstrap.Interval(100, seed, drawn => Bootstrap.Ratio(s_values, s_ones, drawn));

    [Fact]
    public void Interval_of_a_mean_is_about_the_normal_one()
    {
        var half = 1.96 * Math.Sqrt((100 * 100 - 1) / 12.0 / 100);
        var (low, high) = Interval(1);
        Assert.Equal(49.5 - half, low, 0.5);
        Assert.Equal(49.5 + half, high, 0.5);
    }

    [Fact]
    public void Same_seed_draws_the_same()
    {
        Assert.Equal(Interval(1), Interval(1));
        Assert.NotEqual(Interval(1), Interval(2));
    }

    [Fact]
    public void One_member_says_nothing_of_others() =>
        Assert.Equal((double.NaN, double.NaN), Bootstrap.Interval(1, 0, _ => throw new InvalidOperationException("nothing may be drawn")));

    [Fact]
    public void No_difference_is_certain_to_be_reached_and_the_same_one_everywhere_never()
    {
        Assert.Equal(1, Bootstrap.PValue(new double[20], s_ones[..20], 0));
        Assert.Equal(1.0 / (Bootstrap.Resamples + 1), Bootstrap.PValue([.. s_ones[..20].Select(_ => 0.5)], s_ones[..20], 0));
    }

    [Theory]
    [InlineData(1, double.NaN)]
    [InlineData(2, 0.5)]
    [InlineData(4, 0.125)]
    public void Few_members_that_all_agree_are_no_more_than_a_coin_that_falls_alike(int count, double expected) =>
        Assert.Equal(expected, Bootstrap.PValue([.. Enumerable.Repeat(0.5, count)], s_ones[..count], 0));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_difference_that_is_no_number_has_no_p_value(double broken) =>
        Assert.Equal(double.NaN, Bootstrap.PValue([0.1, 0.2, broken], s_ones[..3], 0));

    [Fact]
    public void P_value_of_a_mean_is_about_that_of_the_z_test()
    {
        // A mean of two standard errors: 0.0455.
        var error = Math.Sqrt((100 * 100 - 1) / 12.0 / 100);
        Assert.Equal(0.0455, Bootstrap.PValue([.. s_values.Select(value => value - 49.5 + 2 * error)], s_ones, 0), 0.015);
    }

    [Fact]
    public void Weights_of_another_number_are_refused() =>
        Assert.Contains("2 differences and 1 weights", Assert.Throws<ArgumentException>(() => Bootstrap.PValue([1, 2], [1], 0)).Message);
}
