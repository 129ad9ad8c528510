using PeftLabs.Formats;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>The figures of a described run, as files: loss, memory by stage, and the whole run's peak.</summary>
internal static class TrainFigures
{
    /// <summary>Writes them as plotly.js JSON, as one page that needs no network, and, where they are wanted and Chromium is, as PNG.</summary>
    /// <returns>What was left out and why, in a sentence; null for nothing.</returns>
    public static string? Save(LabRun run, string folder, bool pictures)
    {
        Directory.CreateDirectory(folder);
        (string Name, Figure Figure)[] figures = [("loss", LabCharts.Losses(run)), ("stages", LabCharts.Stages(run)), ("ladder", Peak(run))];
        foreach (var (name, figure) in figures)
            AtomicFile.WriteText(Path.Combine(folder, $"{name}.plotly.json"), figure.ToJson());
        if (PlotlyLibrary.TryFind() is not null)
            AtomicFile.WriteText(Path.Combine(folder, "figures.html"), FigureHtml.Page(run.Name, [.. figures.Select(f => f.Figure)]));
        return pictures ? Draw(figures, folder) : null;
    }

    private static string? Draw((string Name, Figure Figure)[] figures, string folder)
    {
        if (FigureRenderer.Missing is { } missing)
            return $"The figures have no pictures: {missing}";
        try
        {
            foreach (var ((name, _), png) in figures.Zip(FigureRenderer.Draw([.. figures.Select(f => f.Figure.ToJson())], new PictureSize())))
                AtomicFile.WriteBytes(Path.Combine(folder, $"{name}.png"), png);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            return $"The figures have no pictures: {e.Message}";
        }
    }

    private static Figure Peak(LabRun run) => LabCharts.Ladder($"Peak memory: {FigureText.Escape(run.Name)}", [LadderEntry.Of(run)]);
}
