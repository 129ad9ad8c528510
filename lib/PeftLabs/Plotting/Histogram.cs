using System.Globalization;

namespace PeftLabs.Plotting;

/// <summary>
/// How often values fall into bins of equal width. Drawn as bars: the small plotly.js that the kit uses has no histograms.
/// </summary>
public static class Histogram
{
    /// <summary>Makes the bars of a histogram.</summary>
    /// <param name="values">The values; those that are not finite are left out.</param>
    /// <param name="bins">How many bins, over the whole range of the values.</param>
    /// <param name="name">The trace's name.</param>
    /// <param name="color">The bars' colour.</param>
    /// <exception cref="ArgumentException">No value is finite, or there is no bin.</exception>
    public static BarTrace Of(IReadOnlyList<double> values, int bins = 40, string? name = null, string? color = null)
    {
        if (bins < 1) throw new ArgumentException($"bins is {bins}; a histogram needs at least one.", nameof(bins));
        List<double> finite = [.. values.Where(double.IsFinite)];
        if (finite.Count == 0) throw new ArgumentException("A histogram needs at least one finite value.", nameof(values));
        var (low, high) = (finite.Min(), finite.Max());
        var width = high > low ? (high - low) / bins : 1;
        var counts = new int[bins];
        foreach (var value in finite) counts[Math.Min((int)((value - low) / width), bins - 1)]++;
        return new BarTrace
        {
            Name = name,
            Color = color,
            X = PlotValues.Of(Enumerable.Range(0, bins).Select(bin => low + (bin + 0.5) * width)),
            Y = counts,
            Width = width,
            CustomData = [.. Enumerable.Range(0, bins).Select(bin => Range(low + bin * width, low + (bin + 1) * width))],
            HoverTemplate = "%{customdata}<br>%{y}",
        };
    }

    private static string Range(double from, double to) => string.Create(CultureInfo.InvariantCulture, $"{from:G4} to {to:G4}");
}
