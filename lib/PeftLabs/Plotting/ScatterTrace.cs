using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>Points, the line through them, or text at them.</summary>
public sealed record ScatterTrace : Trace
{
    /// <summary>What is drawn: <c>lines</c>, <c>markers</c>, <c>text</c>, or several joined by <c>+</c>.</summary>
    public string Mode { get; init; } = "lines";

    /// <summary>How the line goes from point to point: <c>linear</c>, or <c>hv</c> for steps.</summary>
    public string LineShape { get; init; } = "linear";

    /// <summary>The line's dashes: <c>solid</c>, <c>dash</c>, <c>dot</c>.</summary>
    public string LineDash { get; init; } = "solid";

    /// <summary>The line's width in pixels.</summary>
    public double LineWidth { get; init; } = 2;

    /// <summary>The size of markers in pixels.</summary>
    public double MarkerSize { get; init; } = 7;

    /// <summary>The shape of markers: <c>circle</c>, <c>square</c>, <c>diamond</c>, …</summary>
    public string MarkerSymbol { get; init; } = "circle";

    /// <summary>The colour of the area between the line and zero; none by default.</summary>
    public string? FillColor { get; init; }

    /// <summary>A text at each point.</summary>
    public IReadOnlyList<string>? Text { get; init; }

    /// <summary>Where the texts stand: <c>top center</c>, <c>middle right</c>, …</summary>
    public string TextPosition { get; init; } = "top center";

    /// <summary>Half the length of the vertical error bars, one value a point.</summary>
    public IReadOnlyList<double>? Errors { get; init; }

    private protected override string Type => "scatter";

    private protected override void AddTo(JsonObject node)
    {
        node["mode"] = Mode;
        if (Mode.Contains("lines", StringComparison.Ordinal))
            node["line"] = Json.Object(
                ("color", Color), ("width", LineWidth), ("shape", LineShape == "linear" ? null : LineShape),
                ("dash", LineDash == "solid" ? null : LineDash));
        if (Mode.Contains("markers", StringComparison.Ordinal))
            node["marker"] = Json.Object(
                ("color", Color), ("size", MarkerSize), ("symbol", MarkerSymbol == "circle" ? null : MarkerSymbol));
        if (FillColor is not null) (node["fill"], node["fillcolor"]) = ("tozeroy", FillColor);
        if (Text is not null)
            (node["text"], node["textposition"], node["cliponaxis"]) = (Json.Value(Text), TextPosition, false);
        if (Errors is not null) node["error_y"] = Json.Object(("type", "data"), ("array", Errors), ("thickness", 1.5));
    }
}
