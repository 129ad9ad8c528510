using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Markdig;

namespace PeftLabs.Notebooks;

/// <summary>A notebook as one HTML page that needs nothing else: prose, programs, outputs, and plotly figures that are live.</summary>
public static partial class NotebookHtml
{
    private const string PlotlyMimeType = "application/vnd.plotly.v1+json";

    private static readonly string[] _preference =
        ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "application/json", "text/plain"];

    private static readonly MarkdownPipeline _markdown = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers().Build();

    /// <summary>Writes the page to a file, all of it or, on failure, nothing.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="path">The file.</param>
    /// <param name="plotlyPath">
    /// plotly.js, which the page then holds; without it, figures are the pictures or tables of their outputs.
    /// </param>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static void Save(Notebook notebook, string path, string? plotlyPath) =>
        AtomicFile.Write(path, Render(notebook, plotlyPath is null ? null : File.ReadAllText(plotlyPath)));

    /// <summary>The page.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="plotlyScript">plotly.js itself, or null.</param>
    public static string Render(Notebook notebook, string? plotlyScript)
    {
        var body = new StringBuilder();
        foreach (var cell in notebook.Cells) body.Append(Cell(cell, plotlyScript is not null));
        var hasFigures = plotlyScript is not null && body.ToString().Contains("class=\"figure\"", StringComparison.Ordinal);
        return $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>{WebUtility.HtmlEncode(Title(notebook))}</title>
            <style>{PageStyle.Css}</style>
            {(hasFigures ? $"<script>{plotlyScript}</script>" : "")}
            </head><body>
            {body}
            </body></html>

            """;
    }

    private static string Title(Notebook notebook) =>
        notebook.Cells.Where(cell => cell.Kind == CellKind.Markdown).Select(cell => Heading().Match(cell.Source))
            .FirstOrDefault(match => match.Success)?.Groups[1].Value ?? "Notebook";

    private static string Cell(NotebookCell cell, bool isLive) => cell.Kind switch
    {
        CellKind.Markdown => $"<div class=\"prose\">{Markdown.ToHtml(cell.Source, _markdown)}</div>\n",
        CellKind.Raw => $"<pre>{WebUtility.HtmlEncode(cell.Source)}</pre>\n",
        _ => $"<div class=\"cell\"><div class=\"count\">{cell.ExecutionCount}</div><div class=\"content\">"
            + $"<pre class=\"code\">{CSharpHtml.Render(cell.Source)}</pre>\n"
            + string.Concat(cell.Outputs.OfType<JsonObject>().Select(output => Output(output, isLive))) + "</div></div>\n",
    };

    private static string Output(JsonObject output, bool isLive) => NotebookJson.Text(output["output_type"]) switch
    {
        "stream" => Text($"output {NotebookJson.Text(output["name"])}", NotebookJson.Text(output["text"])),
        "error" => Text("output error", string.Join('\n', (output["traceback"] as JsonArray ?? []).Select(NotebookJson.Text))),
        _ => $"<div class=\"output\">{Data(output["data"] as JsonObject ?? [], isLive)}</div>\n",
    };

    private static string Data(JsonObject data, bool isLive)
    {
        if (isLive && data[PlotlyMimeType] is JsonObject figure) return Figure(figure);
        var mimeType = _preference.FirstOrDefault(data.ContainsKey);
        if (mimeType is null) return "";
        var content = NotebookJson.Text(data[mimeType]) ?? data[mimeType]?.ToString() ?? "";
        return mimeType switch
        {
            "text/html" or "image/svg+xml" => content,
            "text/markdown" => Markdown.ToHtml(content, _markdown),
            "image/png" or "image/jpeg" => $"<img src=\"data:{mimeType};base64,{content}\" alt=\"\">",
            _ => Text("", content),
        };
    }

    /// <summary>A live figure. ToJsonString escapes &lt;, so that no text in it can end the script.</summary>
    private static string Figure(JsonObject figure) => $$"""
        <div class="figure"></div><script>
        (place => {
          const figure = {{figure.ToJsonString()}};
          Plotly.newPlot(place, figure.data, figure.layout, figure.config);
        })(document.currentScript.previousElementSibling);
        </script>
        """;

    private static string Text(string style, string? text) => $"<pre class=\"{style}\">{WebUtility.HtmlEncode(text)}</pre>\n";

    [GeneratedRegex(@"^#\s+(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
