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

    /// <summary>
    /// A line for each run under a line of headers; what is not known is left blank. The marks at the end: "unfinished" has no end, "dirty"
    /// ran on a work tree that differed from its commit, "matches" and "differs from" name an older run of this list that was made from the
    /// same options, model and data, and say whether both ended with the same bits.
    /// </summary>
    public static string Text(IReadOnlyList<ListedRun> runs)
    {
        var lines = TextTable.Format(Headers, [.. runs.Select((run, i) => Cells(run, Marks(run, [.. runs.Skip(i + 1)])))], left: [1, 2, 3, 4, 10]).Split('\n').Select(line => line.TrimEnd()).ToList();
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
                ["trained_hash"] = run.Record.TrainedHash,
                ["modified"] = run.Record.Versions.Modified,
            };
        return node.ToJsonString();
    }

    private static IReadOnlyList<string> Cells(ListedRun listed, string marks) => listed.Run is not { } run
        ? [listed.Id, "damaged", "", "", "", "", "", "", "", "", marks]
        :
        [
            run.Id, Short(run.Record.Name), Invariant($"{run.Record.Started.UtcDateTime:yyyy-MM-dd HH:mm}"), run.Model ?? "", run.Method ?? "",
            $"{run.Steps.Count}", Invariant($"{run.LastLoss:0.0000}"), run.PeakBytes is { } bytes ? ByteSize.Format(bytes) : "",
            Invariant($"{run.SecondsPerStep:0.000}"), run.PredictedOff is { } off ? Percent(off) : "", marks,
        ];

    internal static string Percent(double percent) => Invariant($"{percent:+0.00;-0.00;0.00} %");

    private static string Marks(ListedRun listed, IReadOnlyList<ListedRun> older)
    {
        if (listed.Run is not { } run)
            return OneLine(listed.Damage ?? "");
        var twin = older.Select(other => other.Run).OfType<StoredRun>().FirstOrDefault(other => IsTwin(run.Record, other.Record));
        var match = twin is null ? null : $"{(twin.Record.TrainedHash == run.Record.TrainedHash ? "matches" : "differs from")} {twin.Id}";
        return string.Join(", ", new[] { run.IsFinished ? null : run.Record.Interrupted is null ? "unfinished" : "interrupted", run.Record.Versions.Modified == true ? "dirty" : null, match }.OfType<string>());
    }

    private static bool IsTwin(RunRecord one, RunRecord other) => one.TrainedHash is not null && other.TrainedHash is not null
        && one.ModelHash == other.ModelHash && one.DataHash == other.DataHash && one.Seed == other.Seed && JsonNode.DeepEquals(one.Options, other.Options);

    private static string Short(string name)
    {
        var line = OneLine(name);
        return line.Length <= NameWidth ? line : line[..(NameWidth - 1)] + "…";
    }

    // What steers a terminal has no place in a table.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
