using System.Text.Json.Nodes;
using PeftLabs.Notebooks;
using PeftLabs.Notebooks.Execution;
using PeftLabs.Plotting;

namespace PeftLabs.Cli.Commands;

/// <summary>
/// Gives every plotly figure of a notebook its picture, once all cells have run, so that drawing takes nothing from what cells measure.
/// Where figures cannot be drawn, the first one carries plotly.js itself instead, so that they still show without a network.
/// </summary>
internal sealed class FigurePictures(Action<string> say) : IOutputEnricher
{
    private const string PlotlyMimeType = "application/vnd.plotly.v1+json";
    private static readonly PictureSize _size = new();

    /// <inheritdoc/>
    public async Task EnrichAsync(IReadOnlyList<MimeBundle> bundles, CancellationToken cancellation)
    {
        List<MimeBundle> figures = [.. bundles.Where(bundle => bundle[PlotlyMimeType] is not null)];
        if (figures.Count == 0) return;
        if (await TryDrawAsync(figures) is { } pictures)
            foreach (var (figure, picture) in figures.Zip(pictures)) AddPicture(figure, picture);
        else if (PlotlyLibrary.TryFind() is not null)
            figures[0]["text/html"] = FigureHtml.PlotlyScript() + figures[0]["text/html"];
    }

    private async Task<IReadOnlyList<byte[]>?> TryDrawAsync(List<MimeBundle> figures)
    {
        if (FigureRenderer.Missing is { } missing)
        {
            say($"Figures have no pictures: {missing}");
            return null;
        }
        try
        {
            List<string> json = [.. figures.Select(figure => figure[PlotlyMimeType]!)];
            return await Task.Run(() => FigureRenderer.Draw(json, _size), CancellationToken.None);
        }
        catch (Exception error) when (error is InvalidOperationException or TimeoutException)
        {
            say($"Figures have no pictures: {error.Message}");
            return null;
        }
    }

    private static void AddPicture(MimeBundle figure, byte[] picture)
    {
        figure["image/png"] = Convert.ToBase64String(picture);
        var title = (string?)JsonNode.Parse(figure[PlotlyMimeType]!)?["layout"]?["title"]?["text"];
        figure["text/html"] = FigureHtml.Picture(picture, figure["text/plain"] ?? title ?? "Figure", _size.Width);
    }
}
