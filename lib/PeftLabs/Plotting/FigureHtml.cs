using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace PeftLabs.Plotting;

/// <summary>
/// A figure in HTML. plotly.js is 1.2 MB, so a notebook does not carry it: a figure that was drawn is a picture, which every front end
/// shows and which needs no script; one that was not is a table that becomes a live figure on a page that has plotly.js. The live form in a
/// notebook is the output's application/vnd.plotly.v1+json.
/// </summary>
public static class FigureHtml
{
    internal static string Live(Figure figure)
    {
        var json = Json.ScriptText(figure.ToNode());
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..12];
        return $$"""
            <div data-figure="{{id}}" style="min-height:{{figure.Layout.Height}}px">
            <pre>{{WebUtility.HtmlEncode(figure.ToText())}}</pre>
            </div>
            <script>
            (() => {
              const figure = {{json}};
              const draw = () => {
                if (!window.Plotly) return false;
                for (const place of document.querySelectorAll('[data-figure="{{id}}"]:not([data-drawn])')) {
                  place.dataset.drawn = "1";
                  place.replaceChildren();
                  Plotly.newPlot(place, figure.data, figure.layout, figure.config);
                }
                return true;
              };
              if (draw()) return;
              let tries = 0;
              const timer = setInterval(() => { if (draw() || ++tries > 50) clearInterval(timer); }, 100);
            })();
            </script>
            """;
    }

    internal static string Page(Figure figure) => Page(FigureText.Plain(figure.Layout.Title) ?? "Figure", [figure]);

    /// <summary>Several figures below each other as an HTML page of their own that needs no network: plotly.js is in it.</summary>
    /// <exception cref="FileNotFoundException">plotly.js has not been set up.</exception>
    public static string Page(string title, IReadOnlyList<Figure> figures) => $"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <title>{WebUtility.HtmlEncode(title)}</title>
        {PlotlyScript()}
        </head><body>
        {string.Join('\n', figures.Select(Live))}
        </body></html>
        """;

    /// <summary>A script element that holds plotly.js: with it, the live figures of a page draw themselves.</summary>
    /// <exception cref="FileNotFoundException">plotly.js has not been set up.</exception>
    public static string PlotlyScript() => $"<script>{File.ReadAllText(PlotlyLibrary.Find())}</script>";

    /// <summary>A drawn figure: the picture, and its values as a text to open.</summary>
    /// <param name="png">The PNG file's bytes.</param>
    /// <param name="text">The figure's title and values.</param>
    /// <param name="width">Pixels across at which it is shown.</param>
    public static string Picture(byte[] png, string text, int width)
    {
        var title = WebUtility.HtmlEncode(text.Split('\n')[0]);
        var source = $"data:image/png;base64,{Convert.ToBase64String(png)}";
        return $"<img src=\"{source}\" width=\"{width}\" style=\"max-width:100%\" alt=\"{title}\">\n"
            + $"<details><summary>Values</summary><pre>{WebUtility.HtmlEncode(text)}</pre></details>";
    }
}
