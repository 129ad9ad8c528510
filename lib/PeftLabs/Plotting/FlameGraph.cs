namespace PeftLabs.Plotting;

/// <summary>
/// A whole and its parts, and theirs: each a bar below what it is part of, as long as it is large (a flame graph upside down). Labels
/// stand where they fit; zooming makes room for more, and hovering tells the rest.
/// </summary>
public static class FlameGraph
{
    // Of the whole; what is smaller could not be seen.
    private const double Smallest = 0.0008;

    // About so many letters fit across, in a figure of the usual width.
    private const double LettersAcross = 115;

    /// <summary>Makes the figure.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="whole">The whole.</param>
    /// <param name="axis">What lengths measure, with the unit.</param>
    /// <param name="keys">Names of colours for the legend.</param>
    /// <param name="subtitle">A smaller line below the title.</param>
    /// <param name="values">The values as plain text.</param>
    /// <exception cref="ArgumentException">The whole is nothing.</exception>
    public static Figure Create(string title, FlameNode whole, string axis, IReadOnlyList<(string Name, string Color)> keys,
        string? subtitle = null, string? values = null)
    {
        if (!(whole.Size > 0)) throw new ArgumentException($"The whole of a flame graph is {whole.Size}; it must be above 0.", nameof(whole));
        var bars = Place(whole, 0, 0, whole.Size * Smallest).ToList();
        var levels = bars.Max(bar => bar.Level) + 1;
        return new Figure
        {
            Traces = [Bars(bars, whole.Size), .. keys.Where(key => bars.Any(bar => bar.Node.Color == key.Color)).Select(Key)],
            Layout = new Layout
            {
                Title = title,
                Subtitle = subtitle,
                XAxis = new Axis { Title = axis, Range = (0, whole.Size), ShowGrid = false },
                YAxis = new Axis { Range = (levels - 0.5, -0.5), ShowGrid = false, ShowTicks = false },
                BarMode = "overlay",
                ShowLegend = keys.Count > 0,
                SmallestLabel = 10,
                Height = 150 + 40 * levels,
            },
            Values = values,
        };
    }

    private static IEnumerable<(FlameNode Node, double Start, int Level)> Place(FlameNode node, double start, int level, double smallest)
    {
        yield return (node, start, level);
        foreach (var child in node.Children)
        {
            if (child.Size >= smallest)
                foreach (var bar in Place(child, start, level + 1, smallest))
                    yield return bar;
            start += child.Size;
        }
    }

    private static BarTrace Bars(IReadOnlyList<(FlameNode Node, double Start, int Level)> bars, double whole) => new()
    {
        Horizontal = true,
        Width = 0.94,
        Base = [.. bars.Select(bar => bar.Start)],
        X = PlotValues.Of(bars.Select(bar => bar.Node.Size)),
        Y = PlotValues.Of(bars.Select(bar => (double)bar.Level)),
        Colors = [.. bars.Select(bar => bar.Node.Color)],
        Text = [.. bars.Select(bar => Label(bar.Node, bar.Node.Size / whole * LettersAcross))],
        TextPosition = "inside",
        CustomData = [.. bars.Select(bar => bar.Node.Detail)],
        HoverTemplate = "%{customdata}",
        ShowLegend = false,
    };

    // The name, or what of it fits; plotly.js leaves out what does not.
    private static string Label(FlameNode node, double letters) => node.ShortNames.Prepend(Broken(node.Name)).Prepend(node.Name)
        .FirstOrDefault(name => name.Split("<br>").Max(line => line.Length) <= letters) ?? "";

    // In two lines, broken at the last space or hyphen.
    private static string Broken(string name) =>
        name.LastIndexOfAny([' ', '-']) is > 0 and var at ? name[..(at + 1)].TrimEnd() + "<br>" + name[(at + 1)..] : name;

    private static BarTrace Key((string Name, string Color) key) => new()
    {
        Name = key.Name,
        Color = key.Color,
        Horizontal = true,
        X = new[] { double.NaN },
        Y = new[] { double.NaN },
        HoverTemplate = "",
    };
}
