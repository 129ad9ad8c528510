namespace PeftLabs.Labs;

/// <summary>
/// What another sample of the same size would have given, from samples drawn with replacement from the one that there is (Efron and
/// Tibshirani, "An Introduction to the Bootstrap", 1993). The same seed gives the same numbers on every platform.
/// </summary>
public static class Bootstrap
{
    /// <summary>Samples that are drawn.</summary>
    public const int Resamples = 2000;

    /// <summary>The 95 % interval of a statistic by percentiles (chapter 13); not a number where there are fewer than two members.</summary>
    /// <param name="count">Members of the sample.</param>
    /// <param name="seed">What is drawn follows from it.</param>
    /// <param name="statistic">The statistic of the members at these places, of which some come several times and some not at all.</param>
    public static (double Low, double High) Interval(int count, ulong seed, Func<int[], double> statistic)
    {
        if (count < 2)
            return (double.NaN, double.NaN);
        double[] values = [.. Draws(count, seed).Select(statistic)];
        Array.Sort(values);
        return (Percentile(values, 0.025), Percentile(values, 0.975));
    }

    /// <summary>
    /// How likely a ratio of sums as far from 0 is where the true one is 0, two-sided (chapter 16): the sample is shifted so that it has
    /// the ratio 0, and drawn from. With weights of 1 the ratio is the mean. Never below 1 / (<see cref="Resamples"/> + 1), nor, of so few
    /// members that the sample cannot show how they spread, below 2 / 2ⁿ: how likely n signs of a fair coin all agree. Not a number where
    /// there are fewer than two members, or where the ratio is none.
    /// </summary>
    /// <param name="differences">Each member's difference.</param>
    /// <param name="weights">What the sum is divided by: each member's part of it.</param>
    /// <param name="seed">What is drawn follows from it.</param>
    /// <exception cref="ArgumentException">There are not as many weights as differences, or none.</exception>
    public static double PValue(IReadOnlyList<double> differences, IReadOnlyList<double> weights, ulong seed)
    {
        if (differences.Count == 0 || differences.Count != weights.Count)
            throw new ArgumentException(
                $"There are {differences.Count} differences and {weights.Count} weights; there must be as many, and one at least.", nameof(weights));
        var ratio = differences.Sum() / weights.Sum();
        double[] shifted = [.. differences.Zip(weights, (difference, weight) => difference - ratio * weight)];
        if (differences.Count < 2 || !double.IsFinite(ratio))
            return double.NaN;
        var asFar = Draws(differences.Count, seed).Count(drawn => Math.Abs(Ratio(shifted, weights, drawn)) >= Math.Abs(ratio));
        return Math.Max((asFar + 1.0) / (Resamples + 1), Math.Pow(2, 1 - differences.Count));
    }

    /// <summary>The ratio of two sums over the members at these places.</summary>
    internal static double Ratio(IReadOnlyList<double> numerators, IReadOnlyList<double> denominators, int[] places)
    {
        var (numerator, denominator) = (0.0, 0.0);
        foreach (var place in places)
            (numerator, denominator) = (numerator + numerators[place], denominator + denominators[place]);
        return numerator / denominator;
    }

    // Each sample is in the same array.
    private static IEnumerable<int[]> Draws(int count, ulong seed)
    {
        var (random, places) = (new SplitMix64(seed), new int[count]);
        for (var draw = 0; draw < Resamples; draw++)
        {
            for (var i = 0; i < count; i++)
                places[i] = random.Below(count);
            yield return places;
        }
    }

    private static double Percentile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return sorted[below] + (place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
