namespace PeftLabs.Labs;

/// <summary>The middle of some values.</summary>
public static class Median
{
    /// <summary>The value in the middle, or of an even number the mean of the two there.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Of(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return ordered.Count > 0 ? (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2
            : throw new ArgumentException("There is no median of no values.", nameof(values));
    }
}
