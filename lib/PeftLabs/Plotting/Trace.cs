using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>One set of marks in a figure: plotly.js's trace.</summary>
public abstract record Trace
{
    /// <summary>Its name in the legend and in text.</summary>
    public string? Name { get; init; }

    /// <summary>Its colour, as CSS writes it; the palette's next by default.</summary>
    public string? Color { get; init; }

    /// <summary>From 0, invisible, to 1.</summary>
    public double? Opacity { get; init; }

    /// <summary>Whether the legend names it.</summary>
    public bool ShowLegend { get; init; } = true;

    /// <summary>Traces of one legend group are shown and hidden together.</summary>
    public string? LegendGroup { get; init; }

    /// <summary>What hovering shows, in plotly.js's template syntax; empty for nothing.</summary>
    public string? HoverTemplate { get; init; }

    /// <summary>Values for the hover template, as <c>customdata</c>, a value a mark.</summary>
    public IReadOnlyList<string>? CustomData { get; init; }

    /// <summary>The horizontal axis it lies on: <c>x</c>, <c>x2</c>, …</summary>
    public string XAxis { get; init; } = "x";

    /// <summary>The vertical axis it lies on: <c>y</c>, <c>y2</c>, …</summary>
    public string YAxis { get; init; } = "y";

    /// <summary>Positions along the horizontal axis.</summary>
    public required PlotValues X { get; init; }

    /// <summary>Positions along the vertical axis.</summary>
    public required PlotValues Y { get; init; }

    internal JsonObject ToNode()
    {
        if (X.Count != Y.Count) throw new ArgumentException($"Trace {Name}: X has {X.Count} values and Y {Y.Count}; they must be as many.");
        var node = Json.Object(
            ("type", Type), ("name", Name), ("x", X.ToNode()), ("y", Y.ToNode()), ("opacity", Opacity),
            ("showlegend", ShowLegend ? null : false), ("legendgroup", LegendGroup), ("customdata", CustomData),
            ("hovertemplate", HoverTemplate is { Length: > 0 } template ? template + "<extra></extra>" : null),
            ("hoverinfo", HoverTemplate == "" ? "skip" : null),
            ("xaxis", XAxis == "x" ? null : XAxis), ("yaxis", YAxis == "y" ? null : YAxis));
        AddTo(node);
        return node;
    }

    private protected abstract string Type { get; }

    private protected abstract void AddTo(JsonObject node);
}
