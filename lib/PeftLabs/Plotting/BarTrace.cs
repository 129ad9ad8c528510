using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>Bars: one a pair of X and Y.</summary>
public sealed record BarTrace : Trace
{
    /// <summary>Bars lie: X is their length, Y where they are.</summary>
    public bool Horizontal { get; init; }

    /// <summary>Where bars begin, one value a bar; on the axis, or on the bar below, by default.</summary>
    public IReadOnlyList<double>? Base { get; init; }

    /// <summary>How wide bars are, in units of the axis that they stand on.</summary>
    public double? Width { get; init; }

    /// <summary>A colour for each bar.</summary>
    public IReadOnlyList<string>? Colors { get; init; }

    /// <summary>Which bars are hatched rather than filled: a prediction.</summary>
    public IReadOnlyList<bool>? Hatched { get; init; }

    /// <summary>A label in or above each bar.</summary>
    public IReadOnlyList<string>? Text { get; init; }

    /// <summary>Where the labels stand: <c>auto</c>, <c>inside</c>, <c>outside</c>.</summary>
    public string TextPosition { get; init; } = "auto";

    /// <summary>Half the length of the error bars, one value a bar.</summary>
    public IReadOnlyList<double>? Errors { get; init; }

    /// <summary>How far the error bars reach below the bars' ends, where that is not as far as <see cref="Errors"/> say they reach above.</summary>
    public IReadOnlyList<double>? ErrorsBelow { get; init; }

    /// <summary>Numbers that colour the bars on a scale, with its legend: <see cref="Heatmap"/>.</summary>
    internal JsonObject? ColorScale { get; init; }

    private protected override string Type => "bar";

    private protected override void AddTo(JsonObject node)
    {
        var marker = ColorScale is null ? Json.Object(("color", Colors is null ? Color : Colors)) : (JsonObject)ColorScale.DeepClone();
        if (Hatched is not null)
            marker["pattern"] = Json.Object(("shape", Hatched.Select(hatched => hatched ? "/" : "")), ("solidity", 0.42), ("size", 7));
        if (ColorScale is null) marker["line"] = Json.Object(("color", Hatched is null ? "#ffffff" : Color), ("width", 0.8));
        if (marker.Count > 0) node["marker"] = marker;
        if (Horizontal) node["orientation"] = "h";
        if (Base is not null) node["base"] = Json.Value(Base);
        if (Width is not null) node["width"] = Json.Value(Width);
        if (Text is not null) node["text"] = Json.Value(Text);
        if (Text is not null) node["textposition"] = TextPosition;
        if (TextPosition == "inside") (node["textangle"], node["insidetextanchor"]) = (0, "middle");
        if (Errors is not null)
            node[Horizontal ? "error_x" : "error_y"] = Json.Object(
                ("type", "data"), ("array", Errors), ("symmetric", ErrorsBelow is null ? null : false), ("arrayminus", ErrorsBelow),
                ("thickness", 1.5), ("color", Palette.Ink)); // by default it is that of the bars' outline
    }
}
