using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PeftLabs.Plotting;

/// <summary>Draws figures with plotly.js itself, in headless Chromium: one start of the browser for any number of figures.</summary>
public static partial class FigureRenderer
{
    /// <summary>What figures cannot be drawn without and is not here, in a sentence; null where all is here.</summary>
    public static string? Missing =>
        Chromium.TryFind() is null ? "Chromium is not installed (Debian: apt-get install chromium; or CHROMIUM=path)."
        : PlotlyLibrary.TryFind() is null ? "plotly.js is not set up (npm install plotly.js-basic-dist-min; or PLOTLY_JS=path)."
        : null;

    /// <summary>The browser that draws: its path; null where there is none.</summary>
    public static string? Browser => Chromium.TryFind();

    /// <summary>Draws figures.</summary>
    /// <param name="figures">Each as JSON with data and layout.</param>
    /// <param name="size">How large; the same for all.</param>
    /// <returns>A PNG file's bytes for each figure.</returns>
    /// <exception cref="InvalidOperationException">Something is <see cref="Missing"/>, or plotly.js could not draw a figure.</exception>
    /// <exception cref="TimeoutException">The browser did not finish in time.</exception>
    public static IReadOnlyList<byte[]> Draw(IReadOnlyList<string> figures, PictureSize size)
    {
        if (Missing is { } missing) throw new InvalidOperationException($"Figures cannot be drawn: {missing}");
        if (figures.Count == 0) return [];
        var folder = Directory.CreateTempSubdirectory("figures-").FullName;
        try
        {
            var page = Path.Combine(folder, "page.html");
            File.WriteAllText(page, Page(figures, size));
            var dom = Chromium.DumpDom(Chromium.TryFind()!, page, Path.Combine(folder, "profile"),
                TimeSpan.FromSeconds(30 + 3 * figures.Count));
            return Pictures(dom, figures);
        }
        finally
        {
            TryDelete(folder);
        }
    }

    private static string Page(IReadOnlyList<string> figures, PictureSize size) => $$"""
        <!DOCTYPE html><html><head><meta charset="utf-8"></head><body>
        <script src="{{new Uri(PlotlyLibrary.Find()).AbsoluteUri}}"></script>
        <script>
        const add = (name, text) => {
          const element = document.createElement("pre");
          element.id = name;
          element.textContent = text;
          document.body.append(element);
        };
        (async () => {
          const figures = [{{string.Join(",\n", figures.Select(ForScript))}}];
          for (const [index, figure] of figures.entries()) {
            try {
              const height = {{size.Height?.ToString(CultureInfo.InvariantCulture) ?? "figure.layout.height || 440"}};
              const layout = { ...figure.layout, autosize: false, width: {{size.Width}}, height };
              const scale = {{size.Scale.ToString(CultureInfo.InvariantCulture)}};
              const options = { format: "png", width: {{size.Width}}, height, scale };
              add("figure-" + index, await Plotly.toImage({ data: figure.data, layout }, options));
            } catch (error) {
              add("error-" + index, String(error));
            }
          }
        })();
        </script></body></html>
        """;

    // "</script>" in a text would end the script.
    private static string ForScript(string json) => json.Replace("</", "<\\/", StringComparison.Ordinal);

    private static List<byte[]> Pictures(string dom, IReadOnlyList<string> figures)
    {
        var count = figures.Count;
        var found = Result().Matches(dom).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["text"].Value);
        var pictures = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            const string prefix = "data:image/png;base64,";
            if (found.GetValueOrDefault($"figure-{i}") is { } url && url.StartsWith(prefix, StringComparison.Ordinal))
                pictures.Add(Shrink(Convert.FromBase64String(url[prefix.Length..]), figures[i]));
            else
                throw new InvalidOperationException($"plotly.js could not draw figure {i + 1} of {count}: {Reason(found, i)}");
        }
        return pictures;
    }

    private static string Reason(Dictionary<string, string> found, int figure) =>
        WebUtility.HtmlDecode(found.GetValueOrDefault($"error-{figure}")) ?? "no reason given";

    // The picture names the runs that the figure names: what it shows can be traced to them wherever it is copied.
    private static byte[] Shrink(byte[] png, string figure)
    {
        var (width, height, colors) = PngReader.Read(png);
        var texts = new Dictionary<string, string>();
        var shown = FigureFiles.Describe(JsonNode.Parse(figure) as JsonObject ?? [], "");
        if (shown.Title is not null) texts[PngText.Title] = shown.Title;
        if (shown.Runs.Count > 0) texts[PngText.Runs] = string.Join(' ', shown.Runs);
        return PngWriter.Write(width, height, colors, texts);
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The browser's last helper may still write there; what is left lies in the folder for temporary files.
        }
    }

    [GeneratedRegex("<pre id=\"(?<name>(?:figure|error)-\\d+)\">(?<text>[^<]*)</pre>")]
    private static partial Regex Result();
}
