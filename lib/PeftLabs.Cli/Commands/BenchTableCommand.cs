using System.CommandLine;
using PeftLabs.Cli.Bench.Peers;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench table, and lab bench alone: the table by which the kit is compared with its peers, each row in its own process.</summary>
public static class BenchTableCommand
{
    private static readonly Option<string> s_rows = new("--rows")
    {
        Description = "Rows to measure, such as 1,3-4: " + string.Join("; ", PeerRow.All.Select(r => $"{r.Number} {r.Shape} {r.MethodText} {r.Batch}×{r.Tokens}")),
        DefaultValueFactory = _ => $"1-{PeerRow.All.Count}",
    };

    private static readonly Option<int> s_steps = new("--steps") { Description = "Steps counted, after one that is not", DefaultValueFactory = _ => 3 };

    private static readonly Option<FileInfo[]> s_peers = new("--peer")
    {
        Description = "What another tool measured, to lay beside: JSON lines with tool, shape, method, batch, tokens, checkpointing, "
            + "seconds_per_step, tokens_per_second, loaded_bytes, peak_bytes (resident, above what its process held before the model)",
    };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON object a row instead of the table" };

    /// <summary>Makes lab bench table.</summary>
    public static Command Create()
    {
        var command = new Command("table", "The table of shapes and methods that peers are measured by; what lab bench alone prints");
        AddTo(command);
        return command;
    }

    /// <summary>Makes a command print the table.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in new Option[] { s_rows, s_steps, s_peers, s_json })
            command.Add(option);
        command.SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var rows = PeerRow.Parse(parsed.GetValue(s_rows)!);
        // Before anything is measured: that takes minutes.
        var peers = ReadPeers(parsed.GetValue(s_peers) ?? [], rows, error);
        List<(PeerRow, PeerMeasurement)> measured = [];
        try
        {
            foreach (var row in rows)
            {
                if (await MeasureAsync(row, parsed.GetValue(s_steps), error, cancellation) is not { } measurement)
                    continue;
                measured.Add((row, measurement));
                if (parsed.GetValue(s_json))
                    output.WriteLine(PeerTable.JsonLine(row, measurement, peers));
            }
        }
        finally
        {
            // Rows that were measured are printed even where the rest was given up.
            if (!parsed.GetValue(s_json) && measured.Count > 0)
                PeerTable.Print(measured, peers, output);
        }
        return measured.Count < rows.Count ? ExitCode.Failed : ExitCode.Done;
    }

    private static async Task<PeerMeasurement?> MeasureAsync(PeerRow row, int steps, TextWriter error, CancellationToken cancellation)
    {
        var name = $"[row {row.Number}] {row.Shape}, {row.MethodText}";
        var result = await OwnProcess.RunAsync(row.Arguments(steps), null, line => error.WriteLine($"{name}: {line}"), cancellation);
        if (result.Failure is not { } failure)
            return PeerMeasurement.OfKit(result.Output.TrimEnd().Split('\n')[^1]);
        error.WriteLine($"{name} failed: {failure}");
        return null;
    }

    private static List<PeerMeasurement> ReadPeers(FileInfo[] files, IReadOnlyList<PeerRow> rows, TextWriter error)
    {
        List<PeerMeasurement> peers = [];
        foreach (var (line, measurement) in files.SelectMany(f => PeerFile.Read(f.FullName)))
        {
            peers.Add(measurement);
            if (!rows.Any(r => r.Is(measurement)))
                error.WriteLine($"line {line} of {measurement.Tool} is of none of these rows: {measurement.Shape}, {measurement.Method}, "
                    + $"{measurement.Batch}×{measurement.Tokens}{(measurement.Checkpointing ? ", checkpointing" : "")}");
        }
        return peers;
    }
}
