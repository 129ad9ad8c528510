using PeftLabs.Models;

namespace PeftLabs.Tests.Models;

public class NormalNumbersTests
{
    private const int Count = 4_000_000;

    [Fact]
    public void Moments_and_tails_are_those_of_a_normal_distribution()
    {
        var values = new float[Count];
        new NormalNumbers(7, "w").Fill(values, 0);
        Assert.Equal(0, Moment(1), 0.003);
        Assert.Equal(1, Moment(2), 0.004);
        Assert.Equal(0, Moment(3), 0.01);
        Assert.Equal(3, Moment(4), 0.03);
        foreach (var (limit, chance) in new[] { (0.5, 0.617075), (1.0, 0.317311), (2.0, 0.045500), (3.0, 0.0026998), (4.0, 6.3342e-5) })
        {
            var share = values.Count(v => Math.Abs(v) > limit) / (double)Count;
            Assert.InRange(share, chance - 5 * Math.Sqrt(chance / Count), chance + 5 * Math.Sqrt(chance / Count));
        }
        Assert.InRange(values.Max(), 4.5, 6.3);

        double Moment(int power) => values.Sum(v => Math.Pow(v, power)) / Count;
    }

    [Fact]
    public void Neighbours_are_independent()
    {
        var values = new float[Count];
        new NormalNumbers(7, "w").Fill(values, 0);
        foreach (var distance in new[] { 1, 2, 3 })
            Assert.Equal(0, Enumerable.Range(0, Count - distance).Sum(i => (double)values[i] * values[i + distance]) / Count, 0.003);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(3, 4)]
    [InlineData(4, 5)]
    [InlineData(17, 1)]
    [InlineData(18, 1)]
    public void Any_part_is_the_same_as_within_the_whole(int first, int count)
    {
        var (whole, part) = (new float[64], new float[count]);
        var numbers = new NormalNumbers(3, "model.embed_tokens.weight", 0.02);
        numbers.Fill(whole, 0);
        numbers.Fill(part, first);
        Assert.Equal(whole[first..(first + count)], part);
    }

    // The seed of a lab gives the same model on every machine, this year and the next.
    [Fact]
    public void The_numbers_never_change()
    {
        var values = new float[6];
        new NormalNumbers(42, "w").Fill(values, 0);
        Assert.Equal([0x3f588233, 0xbfae8995, 0xbf77b777, 0x3f8ad0b6, 0xbf748f4d, 0xbe8ce81c],
            values.Select(BitConverter.SingleToUInt32Bits));
        // The quantiles of the same bits, computed elsewhere in double precision.
        Assert.All(values.Zip([0.845736430, -1.363573370, -0.967642827, 1.084493975, -0.955311221, -0.275208413]),
            pair => Assert.Equal(pair.Second, pair.First, 3e-6));
    }

    [Fact]
    public void Magnitudes_are_the_quantiles_of_the_normal_distribution()
    {
        Assert.Equal(0, NormalQuantiles.Magnitude(1u << 31), 1e-6f);
        Assert.Equal(0.6744898f, NormalQuantiles.Magnitude(1u << 30), 1e-5f);
        Assert.Equal(1.1503494f, NormalQuantiles.Magnitude(1u << 29), 1e-5f);
        Assert.Equal(3.0972690f, NormalQuantiles.Magnitude(1u << 22), 1e-5f);
        Assert.Equal(6.2298f, NormalQuantiles.Magnitude(1), 0.01f);
    }
}
