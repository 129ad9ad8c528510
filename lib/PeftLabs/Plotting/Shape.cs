using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>A rectangle behind the traces, or a line over them, that marks a range or a limit.</summary>
public sealed record Shape
{
    private Shape()
    {
    }

    /// <summary>The left and right ends; null is the whole width.</summary>
    public (double From, double To)? X { get; private init; }

    /// <summary>The lower and upper ends; null is the whole height.</summary>
    public (double From, double To)? Y { get; private init; }

    /// <summary>The colour.</summary>
    public required string Color { get; init; }

    /// <summary>Whether a whole height is that of the first plot, where plots stand above each other, and not of the figure.</summary>
    public bool OfFirstPlot { get; init; }

    private bool IsLine { get; init; }

    /// <summary>A band over the whole height.</summary>
    public static Shape VerticalBand(double from, double to, string color) => new() { X = (from, to), Color = color };

    /// <summary>A dashed line over the whole width.</summary>
    public static Shape HorizontalLine(double y, string color) => new() { Y = (y, y), Color = color, IsLine = true };

    /// <summary>A dashed line over the whole height.</summary>
    public static Shape VerticalLine(double x, string color) => new() { X = (x, x), Color = color, IsLine = true };

    internal JsonObject ToNode() => Json.Object(
        ("type", IsLine ? "line" : "rect"), ("layer", IsLine ? "above" : "below"),
        ("xref", X is null ? "paper" : "x"), ("x0", X?.From ?? 0), ("x1", X?.To ?? 1),
        ("yref", Y is not null ? "y" : OfFirstPlot ? "y domain" : "paper"), ("y0", Y?.From ?? 0), ("y1", Y?.To ?? 1),
        ("fillcolor", IsLine ? null : Color),
        ("line", IsLine ? Json.Object(("color", Color), ("width", 1.5), ("dash", "dash")) : Json.Object(("width", 0))));
}
