using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Plotting;

namespace PeftLabs.Cli.Commands;

/// <summary>Where a command leaves its figures: in a page, as pictures, or as the JSON of plotly.js, as the file's name ends.</summary>
internal sealed class FigureOutput
{
    private readonly string _path, _kind;

    /// <exception cref="ArgumentException">The name ends in none of the three ways.</exception>
    public FigureOutput(string path)
    {
        (_path, _kind) = (path, Path.GetExtension(path).ToLowerInvariant());
        if (_kind is not (".html" or ".png" or ".json"))
            throw new ArgumentException($"The figure's file is '{path}'; its name must end in .html, .png or .json.");
    }

    /// <summary>What cannot be drawn without and is not here, in a sentence; null where all is here.</summary>
    public string? Missing => _kind switch
    {
        ".png" when FigureRenderer.Missing is { } missing => $"{missing} ./lab setup --images installs it.",
        ".html" when PlotlyLibrary.TryFind() is null => "The page holds plotly.js, and it is not set up: ./lab setup fetches it.",
        _ => null,
    };

    /// <summary>Writes the figures, each file whole or not at all.</summary>
    /// <returns>The files.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public IReadOnlyList<string> Write(string title, IReadOnlyList<(string Name, Figure Figure)> figures)
    {
        if (_kind == ".png")
            return [.. figures.Zip(FigureRenderer.Draw([.. figures.Select(f => f.Figure.ToJson())], new PictureSize(1100)), Picture)];
        AtomicFile.WriteText(_path, _kind == ".html" ? FigureHtml.Page(title, [.. figures.Select(f => f.Figure)])
            : new JsonObject(figures.Select(f => KeyValuePair.Create(f.Name, JsonNode.Parse(f.Figure.ToJson())))).ToJsonString());
        return [_path];
    }

    private string Picture((string Name, Figure Figure) figure, byte[] png)
    {
        var path = Path.GetFullPath($"{_path[..^_kind.Length]}-{figure.Name}.png");
        AtomicFile.WriteBytes(path, png);
        return path;
    }
}
