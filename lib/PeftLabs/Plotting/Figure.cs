using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>
/// A figure of plotly.js: traces and a layout. A notebook shows it as a live figure, as a picture where one was drawn, and as a table of
/// its values.
/// </summary>
[TypeFormatterSource(typeof(FigureFormatters), PreferredMimeTypes = [FigureFormatters.PlotlyMimeType, "text/html"])]
public sealed record Figure
{
    /// <summary>The traces, the first at the bottom.</summary>
    public required IReadOnlyList<Trace> Traces { get; init; }

    /// <summary>Titles, axes, texts and marks.</summary>
    public Layout Layout { get; init; } = new();

    /// <summary>The values as plain text, where a table of the traces would not read well.</summary>
    public string? Values { get; init; }

    /// <summary>
    /// The ids of the training runs whose numbers it shows. They go wherever it goes: <c>layout.meta.runs</c> of its JSON, and so into
    /// notebooks and pages, and a text of its PNG file; <see cref="FigureFiles"/> reads them back.
    /// </summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    /// <summary>The figure as plotly.js reads it: an object of data, layout and config.</summary>
    public string ToJson() => Json.Text(ToNode());

    /// <summary>
    /// The figure as a piece of an HTML page: the table of its values, which plotly.js replaces by the drawing as soon as the page has it.
    /// </summary>
    public string ToHtml() => FigureHtml.Live(this);

    /// <summary>The figure as an HTML page of its own that needs no network: plotly.js is in it.</summary>
    /// <exception cref="FileNotFoundException">plotly.js has not been set up.</exception>
    public string ToHtmlPage() => FigureHtml.Page(this);

    /// <summary>The title and the values as plain text.</summary>
    public string ToText() => FigureText.Of(this);

    /// <summary>Draws the figure with plotly.js in headless Chromium and writes it as a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="width">Pixels across, before <paramref name="scale"/>.</param>
    /// <param name="height">Pixels down; the layout's by default.</param>
    /// <param name="scale">Pixels of the file for each pixel.</param>
    /// <exception cref="InvalidOperationException">Chromium or plotly.js is not there, or the drawing failed.</exception>
    public void SavePng(string path, int width = 900, int? height = null, double scale = 2)
    {
        var drawn = FigureRenderer.Draw([ToJson()], new PictureSize(width, height, scale));
        var temporary = path + ".tmp";
        File.WriteAllBytes(temporary, drawn[0]);
        File.Move(temporary, path, overwrite: true);
    }

    /// <inheritdoc/>
    public override string ToString() => ToText();

    internal JsonObject ToNode()
    {
        var layout = Layout.ToNode();
        if (Runs.Count > 0) layout["meta"] = Json.Object(("runs", Runs));
        return new()
        {
            ["data"] = Json.Array(Traces, trace => trace.ToNode()),
            ["layout"] = layout,
            // Without the last, plotly.js offers a button that sends the figure to its makers' server.
            ["config"] = Json.Object(("responsive", true), ("displaylogo", false), ("showSendToCloud", false)),
        };
    }
}
