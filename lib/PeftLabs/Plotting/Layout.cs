using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>All of a figure but its traces: titles, axes, texts and marks.</summary>
public sealed record Layout
{
    /// <summary>What the figure shows, in a line.</summary>
    public string? Title { get; init; }

    /// <summary>A smaller line below the title.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The horizontal axis.</summary>
    public Axis XAxis { get; init; } = new();

    /// <summary>The vertical axis.</summary>
    public Axis YAxis { get; init; } = new();

    /// <summary>Further axes by name, such as <c>yaxis2</c>: second scales and subplots.</summary>
    public IReadOnlyDictionary<string, Axis> MoreAxes { get; init; } = new Dictionary<string, Axis>();

    /// <summary>How bars at one place stand: <c>stack</c>, <c>group</c> or <c>overlay</c>.</summary>
    public string? BarMode { get; init; }

    /// <summary>Whether the legend's order is that of a stack, from the top.</summary>
    public bool LegendFromTop { get; init; }

    /// <summary>Whether the legend lies below the plot, in a row, rather than beside it.</summary>
    public bool LegendBelow { get; init; }

    /// <summary>Whether there is a legend; where more than one trace is named, by default.</summary>
    public bool? ShowLegend { get; init; }

    /// <summary>What one hover shows: <c>closest</c>, or all traces at a place, <c>x unified</c> or <c>y unified</c>.</summary>
    public string HoverMode { get; init; } = "closest";

    /// <summary>The smallest size of labels in bars, in pixels; one that would have to be smaller is left out. All are of one size.</summary>
    public int? SmallestLabel { get; init; }

    /// <summary>The height in pixels; the width is that of the page.</summary>
    public int Height { get; init; } = 440;

    /// <summary>Texts at places.</summary>
    public IReadOnlyList<Annotation> Annotations { get; init; } = [];

    /// <summary>Bands and lines.</summary>
    public IReadOnlyList<Shape> Shapes { get; init; } = [];

    internal JsonObject ToNode()
    {
        var node = Json.Object(
            ("title", Title is null ? null : TitleNode()), ("height", Height), ("barmode", BarMode), ("showlegend", ShowLegend),
            ("hovermode", HoverMode),
            ("uniformtext", SmallestLabel is { } size ? Json.Object(("minsize", size), ("mode", "hide")) : null), ("xaxis", XAxis.ToNode()), ("yaxis", YAxis.ToNode()));
        foreach (var (name, axis) in MoreAxes) node[name] = axis.ToNode();
        if (Shapes.Count > 0) node["shapes"] = Json.Array(Shapes, shape => shape.ToNode());
        if (Annotations.Count > 0) node["annotations"] = Json.Array(Annotations, annotation => annotation.ToNode());
        foreach (var (name, value) in Look()) node[name] = value?.DeepClone();
        return node;
    }

    private JsonObject TitleNode() => Json.Object(
        ("text", Subtitle is null ? Title : $"{Title}<br><span style=\"font-size:13px;color:{Palette.Muted}\">{Subtitle}</span>"),
        ("x", 0), ("xref", "paper"), ("xanchor", "left"), ("y", 1.0), ("yref", "container"), ("yanchor", "top"),
        ("pad", Json.Object(("t", Subtitle is null ? 16 : 30))), ("font", Json.Object(("size", 17), ("color", Palette.Ink))));

    private JsonObject Look() => Json.Object(
        ("font", Json.Object(("family", "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"), ("size", 13), ("color", Palette.Ink))),
        ("paper_bgcolor", "#ffffff"), ("plot_bgcolor", "#ffffff"), ("colorway", Palette.Series),
        ("margin", Json.Object(("l", 70), ("r", 30), ("t", (Title is null ? 30 : Subtitle is null ? 58 : 80) + (LegendBelow ? 20 : 0)), ("b", LegendBelow ? 90 : 60))),
        ("legend", LegendBelow ? Json.Object(
            ("orientation", "h"), ("x", 0), ("xanchor", "left"), ("y", 0), ("yref", "container"), ("yanchor", "bottom"),
            ("itemsizing", "constant"), ("font", Json.Object(("size", 12)))) : Json.Object(
            ("x", 1.02), ("xanchor", "left"), ("y", 1), ("yanchor", "top"), ("traceorder", LegendFromTop ? "reversed" : null),
            ("itemsizing", "constant"))),
        ("hoverlabel", Json.Object(("bgcolor", "#ffffff"), ("bordercolor", Palette.AxisLine),
            ("font", Json.Object(("color", Palette.Ink))))));
}
