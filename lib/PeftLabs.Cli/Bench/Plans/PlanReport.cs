using System.Globalization;
using System.Text.Json.Nodes;
using PeftLabs.Memory;
using PeftLabs.Planning;
using Spectre.Console;

namespace PeftLabs.Cli.Bench.Plans;

/// <summary>What predictions held against measurements come to, the worst first.</summary>
public static class PlanReport
{
    // A table is one line a row, however narrow the terminal.
    private const int MostColumns = 400;

    private static readonly string[] Headers = ["off", "stage", "predicted peak", "measured peak", "model", "techniques", "furthest off"];

    /// <summary>A compared stage as a JSON line: bytes, how far off, and the category and the term that are furthest off.</summary>
    public static string JsonLine(PlanRun run, StageComparison stage) => new JsonObject
    {
        ["model"] = run.Model,
        ["techniques"] = run.Row.Name,
        ["batch"] = run.Batch,
        ["tokens"] = run.Tokens,
        ["stage"] = stage.Predicted.Stage.ToString(),
        ["predicted_peak_bytes"] = stage.Predicted.PeakBytes,
        ["measured_peak_bytes"] = stage.Measured.PeakBytes,
        ["off"] = stage.Off,
        ["predicted_end_bytes"] = stage.Predicted.EndBytes,
        ["measured_end_bytes"] = stage.Measured.EndBytes,
        ["category"] = stage.Suspects.Count == 0 ? null : stage.WorstCategory.ToString(),
        ["category_bytes_off"] = stage.Difference(stage.WorstCategory),
        ["term"] = stage.Suspects.Count == 0 ? null : stage.Suspects[0].Name,
        ["formula"] = stage.Suspects.Count == 0 ? null : stage.Suspects[0].Formula,
    }.ToJsonString();

    /// <summary>Prints every stage as a line of a table, and the largest deviation.</summary>
    /// <param name="compared">The stages; at least one.</param>
    /// <param name="within">The share that a peak may be off.</param>
    /// <param name="output">Where to.</param>
    public static void Print(IReadOnlyList<(PlanRun Run, StageComparison Stage)> compared, double within, TextWriter output)
    {
        foreach (var line in Lines(compared.OrderByDescending(c => Math.Abs(c.Stage.Off))))
            output.WriteLine(line);
        output.WriteLine($"{compared.Count} stages of {compared.Select(c => c.Run).Distinct().Count()} runs, "
            + $"at most {Percent(compared.Max(c => Math.Abs(c.Stage.Off)))} off; "
            + $"{compared.Count(c => Math.Abs(c.Stage.Off) <= within)} within {Percent(within)}");
    }

    private static IEnumerable<string> Lines(IEnumerable<(PlanRun Run, StageComparison Stage)> compared)
    {
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var (index, header) in Headers.Index())
            table.AddColumn(new TableColumn(header) { Alignment = index is 0 or 2 or 3 ? Justify.Right : Justify.Left, NoWrap = true });
        foreach (var (run, stage) in compared)
            table.AddRow([.. Cells(run, stage).Select(Markup.Escape)]);
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = MostColumns;
        console.Write(table);
        return text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0);
    }

    private static string[] Cells(PlanRun run, StageComparison stage) =>
    [
        Percent(stage.Off), stage.Predicted.Stage.ToString(), ByteSize.Format(stage.Predicted.PeakBytes), ByteSize.Format(stage.Measured.PeakBytes),
        run.Model, run.Row.Name, Furthest(stage),
    ];

    private static string Furthest(StageComparison stage) => stage.Suspects.Count == 0 ? "nothing" : string.Create(CultureInfo.InvariantCulture,
        $"{stage.WorstCategory} by {stage.Difference(stage.WorstCategory)} bytes: {stage.Suspects[0].Name} = {stage.Suspects[0].Formula}");

    // Adding zero takes the sign from what was rounded to it.
    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(100 * share, 3) + 0.0:0.000} %");
}
