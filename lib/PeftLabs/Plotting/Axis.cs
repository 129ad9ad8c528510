using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>An axis of a figure.</summary>
public sealed record Axis
{
    /// <summary>What it measures, with the unit.</summary>
    public string? Title { get; init; }

    /// <summary>Its ends; fitted to the data by default.</summary>
    public (double From, double To)? Range { get; init; }

    /// <summary>Whether it is logarithmic.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>Whether the fitted range includes zero.</summary>
    public bool FromZero { get; init; }

    /// <summary>Where the labels of <see cref="TickText"/> stand.</summary>
    public IReadOnlyList<double>? TickValues { get; init; }

    /// <summary>Labels instead of numbers, one for each of <see cref="TickValues"/>.</summary>
    public IReadOnlyList<string>? TickText { get; init; }

    /// <summary>How far apart ticks stand; fitted by default.</summary>
    public double? TickStep { get; init; }

    /// <summary>Whether lines go across the plot at the ticks.</summary>
    public bool ShowGrid { get; init; } = true;

    /// <summary>Whether there are ticks and numbers.</summary>
    public bool ShowTicks { get; init; } = true;

    /// <summary>Whether the axis runs from right to left, or from top to bottom.</summary>
    public bool Reversed { get; init; }

    /// <summary>The part of the figure that it takes, from 0 to 1: for subplots.</summary>
    public (double From, double To)? Domain { get; init; }

    /// <summary>The axis that it crosses, such as <c>y2</c>: for subplots.</summary>
    public string? Anchor { get; init; }

    /// <summary>The axis that it lies over, such as <c>y</c>: for a second scale.</summary>
    public string? Overlaying { get; init; }

    /// <summary>The side it stands on, such as <c>right</c>.</summary>
    public string? Side { get; init; }

    internal JsonObject ToNode() => Json.Object(
        ("title", Title is null ? null : TitleNode()),
        ("type", Logarithmic ? "log" : null),
        ("range", Range is { } range ? new[] { range.From, range.To } : null),
        ("autorange", Reversed && Range is null ? "reversed" : null),
        ("rangemode", FromZero ? "tozero" : null),
        ("tickmode", TickValues is null ? null : "array"), ("tickvals", TickValues), ("ticktext", TickText), ("dtick", TickStep),
        ("showgrid", ShowGrid), ("zeroline", ShowGrid), ("separatethousands", TickText is null ? true : null),
        ("domain", Domain is { } domain ? new[] { domain.From, domain.To } : null),
        ("showticklabels", ShowTicks ? null : false), ("anchor", Anchor), ("overlaying", Overlaying), ("side", Side),
        ("automargin", true), ("gridcolor", Palette.Grid), ("linecolor", Palette.AxisLine), ("zerolinecolor", Palette.AxisLine),
        ("ticks", TickText is null && ShowTicks ? "outside" : ""), ("tickcolor", Palette.AxisLine));

    private JsonObject TitleNode() =>
        Json.Object(("text", Title), ("standoff", 12), ("font", Json.Object(("size", 13), ("color", Palette.Muted))));
}
