using System.CommandLine;
using System.Text.Json.Nodes;
using PeftLabs.Labs;
using PeftLabs.Labs.Reports;
using PeftLabs.Plotting;

namespace PeftLabs.Cli.Commands;

/// <summary>lab runs: lists the runs, and finds those that a figure shows.</summary>
public static class RunsCommand
{
    private const int DefaultLimit = 30;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = new Option<string?>("--name") { Description = "Runs with this in their name; * and ? stand for any letters", HelpName = "PATTERN" };
        var model = new Option<string?>("--model") { Description = "Runs with this in the name of their model or shape", HelpName = "PATTERN" };
        var method = new Option<string?>("--method") { Description = "Runs of this method: full, lora, qlora, dora", HelpName = "PATTERN" };
        var since = new Option<string?>("--since") { Description = "Runs begun since a date (2026-03-01, UTC) or an age (36h, 7d)", HelpName = "DATE" };
        var limit = new Option<int>("--limit") { Description = "How many are listed; 0 for all", DefaultValueFactory = _ => DefaultLimit };
        var figure = new Option<string?>("--figure") { Description = "Tell the runs of the figures in a .png, .json, .html or .ipynb file instead", HelpName = "FILE" };
        var folder = new Option<string?>("--runs") { Description = "Where the runs are; the kit's own folder by default", HelpName = "FOLDER" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line instead of the table" };
        var command = new Command("runs", "Lists the runs, newest first, and finds the runs of a figure")
        {
            name, model, method, since, limit, figure, folder, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var catalog = new RunCatalog(parsed.GetValue(folder) ?? LabPaths.Runs);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(figure) is { } file)
                return Task.FromResult(Trace(file, catalog, parsed.GetValue(json), output, error));
            var filter = new RunFilter
            {
                Name = parsed.GetValue(name),
                Model = parsed.GetValue(model),
                Method = parsed.GetValue(method),
                Since = parsed.GetValue(since) is { } text ? RunFilter.ParseSince(text, DateTimeOffset.UtcNow) : null,
            };
            List(catalog, filter, parsed.GetValue(limit), parsed.GetValue(json), output, error, cancellation);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void List(
        RunCatalog catalog, RunFilter filter, int limit, bool asJson, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        if (limit < 0)
            throw new ArgumentException($"--limit is {limit}; it must be 0 (all) or above.");
        var most = limit == 0 ? int.MaxValue : limit;
        List<ListedRun> runs = [];
        // A damaged folder cannot say whether it is asked for: it is shown, so that nobody misses a run without knowing why.
        foreach (var run in catalog.List().Where(listed => listed.Run is null || filter.Accepts(listed.Run)).Take(most == int.MaxValue ? most : most + 1))
        {
            cancellation.ThrowIfCancellationRequested();
            runs.Add(run);
        }
        var shown = runs.Take(most).ToList();
        if (asJson)
            shown.ForEach(run => output.WriteLine(RunTable.Json(run)));
        else if (shown.Count > 0)
            output.WriteLine(RunTable.Text(shown));
        if (shown.Count == 0)
            error.WriteLine(filter.IsEmpty ? $"There are no runs in {catalog.Folder}." : $"No run in {catalog.Folder} is like that.");
        else if (runs.Count > shown.Count)
            error.WriteLine($"Older runs are not listed: --limit {2 * most} lists more, --limit 0 all.");
    }

    private static int Trace(string file, RunCatalog catalog, bool asJson, TextWriter output, TextWriter error)
    {
        var figures = FigureFiles.Read(file);
        foreach (var figure in figures)
        {
            if (!asJson)
                output.WriteLine(Heading(figure));
            foreach (var id in figure.Runs)
                output.WriteLine(asJson ? Json(figure, id, catalog) : $"  {id}  {State(id, catalog)}");
            if (figure.Runs.Count == 0 && !asJson)
                output.WriteLine("  names no run");
        }
        if (figures.Any(figure => figure.Runs.Count > 0))
            return ExitCode.Done;
        error.WriteLine(figures.Count == 0 ? $"There is no figure in {file}." : $"No figure in {file} names a run.");
        return ExitCode.Failed;
    }

    private static string Heading(FoundFigure figure) =>
        string.Join(": ", new[] { figure.Place, figure.Title }.Where(text => !string.IsNullOrEmpty(text)).DefaultIfEmpty("figure"));

    private static string State(string id, RunCatalog catalog)
    {
        if (!catalog.Has(id))
            return $"its folder is not in {catalog.Folder}";
        var listed = catalog.Read(id);
        return listed.Run is { } run ? $"{run.Record.Name}, in {listed.Folder}" : $"damaged: {listed.Damage}";
    }

    private static string Json(FoundFigure figure, string id, RunCatalog catalog) => new JsonObject
    {
        ["place"] = figure.Place,
        ["title"] = figure.Title,
        ["run"] = id,
        ["folder"] = catalog.Has(id) ? Path.Combine(catalog.Folder, id) : null,
    }.ToJsonString();
}
