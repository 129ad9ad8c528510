namespace PeftLabs.Labs;

/// <summary>Intervals and a test for counts of right answers, at a confidence of 95 %.</summary>
public static class Proportions
{
    // The standard normal distribution's 97.5th percentile.
    private const double Z = 1.959963984540054;

    /// <summary>
    /// Wilson's score interval of a proportion ("Probable inference, the law of succession, and statistical inference", 1927), without
    /// continuity correction. It is right for few trials too, and where none or all succeed.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no trial, or there are more successes than trials, or fewer than 0.</exception>
    public static (double Low, double High) Wilson(int successes, int trials)
    {
        if (trials < 1)
            throw new ArgumentOutOfRangeException(nameof(trials), trials, $"There are {trials} trials; there must be at least 1.");
        if (successes < 0 || successes > trials)
            throw new ArgumentOutOfRangeException(nameof(successes), successes, $"There are {successes} successes; there must be 0 to {trials}, the trials.");
        var (n, p) = ((double)trials, (double)successes / trials);
        var middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        var half = Z / (1 + Z * Z / n) * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        // The ends are 0 and 1 exactly where rounding would miss them.
        return (successes == 0 ? 0 : middle - half, successes == trials ? 1 : middle + half);
    }

    /// <summary>
    /// The interval of the change of a proportion, after − before, on the same examples: Newcombe's method 10 ("Improved confidence
    /// intervals for the difference between binomial proportions based on paired data", Statistics in Medicine 17, 1998), which puts two
    /// of Wilson's intervals together.
    /// </summary>
    /// <param name="both">Examples right before and after.</param>
    /// <param name="lost">Right before only.</param>
    /// <param name="gained">Right after only.</param>
    /// <param name="neither">Right neither time.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no example, or a count is below 0.</exception>
    public static (double Low, double High) Change(int both, int lost, int gained, int neither)
    {
        var n = both + lost + gained + neither;
        var (before, after) = (Wilson(both + lost, n), Wilson(both + gained, n));
        var (p1, p2) = ((both + gained) / (double)n, (both + lost) / (double)n);
        var phi = Correlation(both, lost, gained, neither);
        return (p1 - p2 - Joint(p1 - after.Low, before.High - p2, phi), p1 - p2 + Joint(after.High - p1, p2 - before.Low, phi));
    }

    /// <summary>
    /// McNemar's exact test, two-sided: how likely a split of the changed examples at least as uneven is where a gain is as likely as a loss
    /// ("Note on the sampling error of the difference between correlated proportions or percentages", 1947; exact: binomial with ½).
    /// </summary>
    /// <param name="lost">Examples right before only.</param>
    /// <param name="gained">Right after only.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 0.</exception>
    public static double McNemar(int lost, int gained)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lost);
        ArgumentOutOfRangeException.ThrowIfNegative(gained);
        var (n, tail) = (lost + gained, 0.0);
        // The logarithm of C(n, k)·2⁻ⁿ, which would underflow.
        var term = -n * Math.Log(2);
        for (var k = 0; k <= Math.Min(lost, gained); k++)
        {
            tail += Math.Exp(term);
            term += Math.Log((n - k) / (k + 1.0));
        }
        return Math.Min(1, 2 * tail);
    }

    private static double Joint(double own, double other, double phi) => Math.Sqrt(own * own - 2 * phi * own * other + other * other);

    // φ of the fourfold table, with Newcombe's correction towards 0.
    private static double Correlation(int both, int lost, int gained, int neither)
    {
        var margins = (double)(both + lost) * (gained + neither) * (both + gained) * (lost + neither);
        if (margins == 0)
            return 0;
        var (product, half) = ((double)both * neither - (double)lost * gained, (both + lost + gained + neither) / 2.0);
        return (product > half ? product - half : Math.Min(product, 0)) / Math.Sqrt(margins);
    }
}
