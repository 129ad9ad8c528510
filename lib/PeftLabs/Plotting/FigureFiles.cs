using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PeftLabs.Plotting;

/// <summary>
/// Finds the figures in files, and the runs that they show: in PNG files, plotly.js JSON, HTML pages (live figures and embedded
/// pictures) and notebooks.
/// </summary>
public static partial class FigureFiles
{
    /// <summary>The figures of a file in their order; one that stands there in several forms is named once.</summary>
    /// <param name="path">A .png, .json, .html, .htm or .ipynb file.</param>
    /// <exception cref="ArgumentException">The file has another ending.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged; the message says where.</exception>
    public static IReadOnlyList<FoundFigure> Read(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"'{path}': there is no such file.", path);
        try
        {
            IEnumerable<FoundFigure> found = Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".png" => [OfPng(File.ReadAllBytes(path), "")],
                ".json" => OfJson(JsonNode.Parse(File.ReadAllText(path)), ""),
                ".html" or ".htm" => OfHtml(File.ReadAllText(path), "figure "),
                ".ipynb" => OfNotebook(JsonNode.Parse(File.ReadAllText(path))),
                var other => throw new ArgumentException(
                    $"'{path}' ends in '{other}'; figures are looked for in .png, .json, .html, .htm and .ipynb files."),
            };
            return [.. found.DistinctBy(figure => (figure.Title, string.Join(' ', figure.Runs), CellOf(figure.Place)))];
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path} is damaged: {error.Message}", error);
        }
    }

    /// <summary>What a figure's JSON says of itself.</summary>
    internal static FoundFigure Describe(JsonObject figure, string place)
    {
        var layout = figure["layout"] as JsonObject;
        var title = layout?["title"] is JsonObject { } node ? node["text"] : layout?["title"];
        var runs = layout?["meta"] is JsonObject meta ? meta["runs"] as JsonArray : null;
        // Below the title, after the line break, stands the subtitle.
        return new(place, FigureText.Plain(TextOf(title)?.Split("<br>")[0]), [.. (runs ?? []).Select(TextOf).OfType<string>()]);
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string CellOf(string place) => place.StartsWith("cell", StringComparison.Ordinal) ? place : "";

    private static FoundFigure OfPng(byte[] file, string place)
    {
        var texts = PngText.Read(file);
        var runs = texts.GetValueOrDefault(PngText.Runs) ?? "";
        return new(place, texts.GetValueOrDefault(PngText.Title), runs.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static IEnumerable<FoundFigure> OfJson(JsonNode? node, string place) => node switch
    {
        JsonObject figure when figure["layout"] is JsonObject && figure["data"] is JsonArray => [Describe(figure, place)],
        JsonObject pairs => pairs.SelectMany(pair => OfJson(pair.Value, place.Length == 0 ? pair.Key : $"{place}.{pair.Key}")),
        JsonArray items => items.SelectMany((item, i) => OfJson(item, $"{place}[{i}]")),
        _ => [],
    };

    /// <summary>Live figures are JSON in scripts, whoever wrote the page; drawn ones are embedded PNG files.</summary>
    private static IEnumerable<FoundFigure> OfHtml(string html, string place)
    {
        var count = 0;
        string Next() => place.EndsWith(' ') ? $"{place}{++count}" : place;
        foreach (Match start in FigureStart().Matches(html))
            if (ValueAt(html, start.Index) is JsonObject figure && figure["layout"] is JsonObject)
                yield return Describe(figure, Next());
        foreach (Match picture in Picture().Matches(html))
            yield return OfPng(Convert.FromBase64String(picture.Groups["data"].Value), Next());
    }

    /// <summary>The JSON value that begins at a place of a text; null where none does.</summary>
    private static JsonNode? ValueAt(string text, int start)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text[start..]));
            return JsonNode.Parse(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<FoundFigure> OfNotebook(JsonNode? notebook)
    {
        var cells = notebook?["cells"] as JsonArray ?? throw new InvalidDataException("it has no cells, so it is no notebook.");
        for (var i = 0; i < cells.Count; i++)
            foreach (var output in (cells[i]?["outputs"] as JsonArray ?? []).Select(output => output?["data"]).OfType<JsonObject>())
                foreach (var figure in OfOutput(output, $"cell {i + 1}"))
                    yield return figure;
    }

    /// <summary>The richest form names the figure best; the others repeat it.</summary>
    private static IEnumerable<FoundFigure> OfOutput(JsonObject data, string place)
    {
        if (data[FigureFormatters.PlotlyMimeType] is JsonObject figure) return [Describe(figure, place)];
        if (TextOf(data["image/png"]) is { } picture) return [OfPng(Convert.FromBase64String(picture), place)];
        var html = data["text/html"] is JsonArray lines ? string.Concat(lines.Select(TextOf)) : TextOf(data["text/html"]);
        return html is null ? [] : OfHtml(html, place);
    }

    [GeneratedRegex("\\{\\s*\"data\"\\s*:\\s*\\[")]
    private static partial Regex FigureStart();

    [GeneratedRegex("data:image/png;base64,(?<data>[A-Za-z0-9+/=]+)")]
    private static partial Regex Picture();
}
