using System.CommandLine;
using PeftLabs.Formats;
using PeftLabs.Labs;
using PeftLabs.Labs.Reports;
using PeftLabs.Plotting;

namespace PeftLabs.Cli.Commands;

/// <summary>lab report: one run, or several compared, as a page that needs nothing else.</summary>
public static class ReportCommand
{
    private const string DefaultName = "report.html";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var runs = new Argument<string[]>("run")
        {
            Description = $"A run's id or the beginning of it, {RunCatalog.Latest}, its folder, or a ladder's folder; of several, the first is what the others are compared with",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--output", "-o") { Description = $"The page; {DefaultName} in the run's or ladder's folder by default, or here where runs are compared", HelpName = "FILE" };
        var png = new Option<string?>("--png") { Description = "Also write each figure as a PNG file into this folder; needs Chromium", HelpName = "FOLDER" };
        var title = new Option<string?>("--title") { Description = "The page's title; the runs' names by default" };
        var noImages = new Option<bool>("--no-images") { Description = "Leave out the pictures for readers without scripts: a smaller page, made without Chromium" };
        var folder = new Option<string?>("--runs") { Description = "Where the runs are; the kit's own folder by default", HelpName = "FOLDER" };
        var command = new Command("report", "Writes a run, or a comparison of runs, as one HTML page that needs no network")
        {
            runs, output, png, title, noImages, folder,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Write(
            new Request(parsed.GetRequiredValue(runs), parsed.GetValue(output), parsed.GetValue(png), parsed.GetValue(title), !parsed.GetValue(noImages),
                new(parsed.GetValue(folder) ?? LabPaths.Runs)),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation)));
        return command;
    }

    private sealed record Request(IReadOnlyList<string> Runs, string? Output, string? Png, string? Title, bool Pictures, RunCatalog Catalog);

    private static int Write(Request request, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        if (PlotlyLibrary.TryFind() is null)
            return Missing(error, "The page holds plotly.js, and it is not set up: ./lab setup fetches it.");
        List<StoredRun> runs = [.. request.Runs.SelectMany(name => request.Catalog.FindAll(name, error.WriteLine))];
        var report = new RunReport(runs, request.Title);
        var path = request.Output ?? Path.Combine(Home(request.Runs, runs), DefaultName);
        cancellation.ThrowIfCancellationRequested();
        var pictures = request.Pictures || request.Png is not null ? Draw(report, error) : null;
        cancellation.ThrowIfCancellationRequested();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        report.Save(path, request.Pictures ? pictures : null);
        output.WriteLine(path);
        if (request.Png is null)
            return ExitCode.Done;
        if (pictures is null)
            return FigureRenderer.Missing is null ? ExitCode.Failed : Missing(error, "The figures have no PNG files; ./lab setup --images installs what they need.");
        foreach (var file in SavePictures(report, pictures, request.Png))
            output.WriteLine(file);
        return ExitCode.Done;
    }

    /// <summary>Where a page goes by itself: into the folder of what it is about, and here where runs of several folders are compared.</summary>
    private static string Home(IReadOnlyList<string> names, IReadOnlyList<StoredRun> runs) =>
        runs is [var run] ? run.Folder : names is not [var ladder] ? "" : Directory.Exists(ladder) ? ladder : Path.GetDirectoryName(ladder)!;

    /// <summary>The figures' pictures; null where they cannot be drawn, which the page survives.</summary>
    private static IReadOnlyList<byte[]>? Draw(RunReport report, TextWriter error)
    {
        if (FigureRenderer.Missing is { } missing)
        {
            error.WriteLine($"The page has no pictures for readers without scripts: {missing}");
            return null;
        }
        error.WriteLine($"Drawing {report.Figures.Count} figures …");
        try
        {
            return report.Draw();
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            error.WriteLine($"The page has no pictures for readers without scripts: {e.Message}");
            return null;
        }
    }

    private static IEnumerable<string> SavePictures(RunReport report, IReadOnlyList<byte[]> pictures, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (figure, picture) in report.Figures.Zip(pictures))
        {
            var path = Path.GetFullPath(Path.Combine(folder, $"{figure.Name}.png"));
            AtomicFile.WriteBytes(path, picture);
            yield return path;
        }
    }

    private static int Missing(TextWriter error, string message)
    {
        error.WriteLine(message);
        return ExitCode.Missing;
    }
}
