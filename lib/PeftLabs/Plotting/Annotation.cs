using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>A text at a place of a figure.</summary>
/// <param name="Text">The text; <c>&lt;br&gt;</c> and <c>&lt;b&gt;</c> are understood.</param>
/// <param name="X">Where, on the horizontal axis.</param>
/// <param name="Y">Where, on the vertical axis.</param>
public sealed record Annotation(string Text, double X, double Y)
{
    /// <summary>The horizontal axis meant; <c>paper</c> counts from 0 to 1 over the plot.</summary>
    public string XAxis { get; init; } = "x";

    /// <summary>The vertical axis meant; <c>paper</c> counts from 0 to 1 over the plot.</summary>
    public string YAxis { get; init; } = "y";

    /// <summary>The part of the text that stands at the place, across: <c>left</c>, <c>center</c>, <c>right</c>.</summary>
    public string XAnchor { get; init; } = "center";

    /// <summary>The part of the text that stands at the place, upwards: <c>top</c>, <c>middle</c>, <c>bottom</c>.</summary>
    public string YAnchor { get; init; } = "bottom";

    /// <summary>Whether an arrow points from the text to the place.</summary>
    public bool Arrow { get; init; }

    /// <summary>How far the text is moved, in pixels to the right and upwards.</summary>
    public (int Right, int Up) Shift { get; init; }

    /// <summary>Whether a white ground sets the text off from what lies under it.</summary>
    public bool OnWhite { get; init; }

    /// <summary>The text's colour.</summary>
    public string? Color { get; init; }

    internal JsonObject ToNode() => Json.Object(
        ("text", Text), ("x", X), ("y", Y), ("xref", XAxis), ("yref", YAxis),
        ("xanchor", Arrow ? null : XAnchor), ("yanchor", Arrow ? null : YAnchor),
        ("showarrow", Arrow), ("xshift", Shift.Right == 0 ? null : Shift.Right), ("yshift", Shift.Up == 0 ? null : Shift.Up),
        ("bgcolor", OnWhite ? "rgba(255, 255, 255, 0.85)" : null), ("borderpad", OnWhite ? 1 : null),
        ("font", Color is null ? null : Json.Object(("color", Color))));
}
