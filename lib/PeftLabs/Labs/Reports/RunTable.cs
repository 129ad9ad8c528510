using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Memory;
using PeftLabs.Plotting;

namespace PeftLabs.Labs.Reports;

/// <summary>Runs as lines: a table for people, and JSON for programs.</summary>
public static class RunTable
{
    private const int NameWidth = 32;

    private static readonly string[] Headers =
        ["id", "name", "began (UTC)", "model", "method", "steps", "loss", "peak", "s/step", "predicted off", ""];

    /// <summary>A line for each run under a line of headers; what is not known is left blank. The marks at the end: "unfinished" has no
    /// end, "dirty" ran on a work tree that differed from its commit.</summary>
    public static string Text(IReadOnlyList<ListedRun> runs)
    {
        var lines = TextTable.Format(Headers, [.. runs.Select(Cells)], left: [1, 2, 3, 4, 10]).Split('\n').Select(line => line.TrimEnd()).ToList();
        // The marks, whose column has no header, have no rule either.
        lines[1] = lines[1][..lines[0].Length];
        return string.Join('\n', lines);
    }

    /// <summary>A run as one line of JSON; a damaged one has its id, its folder and its damage alone.</summary>
    public static string Json(ListedRun listed)
    {
        var node = listed.Run is not { } run
            ? new JsonObject { ["id"] = listed.Id, ["folder"] = listed.Folder, ["damage"] = listed.Damage }
            : new JsonObject
            {
                ["id"] = run.Id,
                ["folder"] = run.Folder,
                ["name"] = run.Record.Name,
                ["started"] = run.Record.Started,
                ["finished"] = run.IsFinished,
                ["model"] = run.Model,
                ["method"] = run.Method,
                ["steps"] = run.Steps.Count,
                ["last_loss"] = run.LastLoss is { } loss && double.IsFinite(loss) ? loss : null,
                ["peak_bytes"] = run.PeakBytes,
                ["predicted_peak_bytes"] = run.PredictedPeakBytes,
                ["predicted_off_percent"] = run.PredictedOff,
                ["seconds_per_step"] = run.SecondsPerStep,
                ["predicted_seconds_per_step"] = run.Record.PredictedSecondsPerStep,
                ["modified"] = run.Record.Versions.Modified,
            };
        return node.ToJsonString();
    }

    private static IReadOnlyList<string> Cells(ListedRun listed) => listed.Run is not { } run
        ? [listed.Id, "damaged", "", "", "", "", "", "", "", "", listed.Damage ?? ""]
        :
        [
            run.Id, Short(run.Record.Name), Invariant($"{run.Record.Started.UtcDateTime:yyyy-MM-dd HH:mm}"), run.Model ?? "", run.Method ?? "",
            $"{run.Steps.Count}", Invariant($"{run.LastLoss:0.0000}"), run.PeakBytes is { } bytes ? ByteSize.Format(bytes) : "",
            Invariant($"{run.SecondsPerStep:0.000}"), run.PredictedOff is { } off ? Percent(off) : "", Marks(run),
        ];

    internal static string Percent(double percent) => Invariant($"{percent:+0.00;-0.00;0.00} %");

    private static string Marks(StoredRun run) =>
        string.Join(", ", new[] { run.IsFinished ? null : "unfinished", run.Record.Versions.Modified == true ? "dirty" : null }.OfType<string>());

    private static string Short(string name)
    {
        var line = string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= NameWidth ? line : line[..(NameWidth - 1)] + "…";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
