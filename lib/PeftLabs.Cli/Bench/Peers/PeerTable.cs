using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace PeftLabs.Cli.Bench.Peers;

/// <summary>The table: the kit's rows, and under each what peers measured, with ratios.</summary>
public static class PeerTable
{
    private const double Mib = 1 << 20;

    // A table is one line a row, however narrow the terminal.
    private const int MostColumns = 400;

    /// <summary>The columns; the ratios are there where a peer is.</summary>
    public static IReadOnlyList<string> Headers(bool withPeers) =>
    [
        "row", "tool", "shape", "method", "batch × tokens", "s/step", "tokens/s", "loaded MiB", "peak MiB", "resident loaded", "resident peak",
        .. withPeers ? ["tokens/s ratio", "peak ratio"] : Array.Empty<string>(),
    ];

    /// <summary>The cells of the table.</summary>
    /// <param name="kit">The kit's measurements by row.</param>
    /// <param name="peers">The peers'.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Cells(
        IReadOnlyList<(PeerRow Row, PeerMeasurement Measured)> kit, IReadOnlyList<PeerMeasurement> peers) =>
        [.. kit.SelectMany(k => peers.Where(k.Row.Is).Select(peer => Cells(k.Row, peer, k.Measured)).Prepend(
            peers.Count == 0 ? Cells(k.Row, k.Measured) : [.. Cells(k.Row, k.Measured), "", ""]))];

    /// <summary>A row of the kit as a JSON line, with what peers measured and the ratios beside it where there are any.</summary>
    public static string JsonLine(PeerRow row, PeerMeasurement kit, IReadOnlyList<PeerMeasurement> peers)
    {
        var line = JsonNode.Parse(kit.ToJson())!.AsObject();
        var beside = peers.Where(row.Is).Select(peer => (JsonNode)new JsonObject
        {
            ["peer"] = JsonNode.Parse(peer.ToJson()),
            ["tokens_per_second_ratio"] = kit.TokensPerSecond / peer.TokensPerSecond,
            ["peak_bytes_ratio"] = (double)kit.ComparedPeakBytes / peer.ComparedPeakBytes,
        }).ToArray();
        if (beside.Length > 0)
            line["beside"] = new JsonArray(beside);
        return line.ToJsonString();
    }

    /// <summary>Prints it.</summary>
    public static void Print(IReadOnlyList<(PeerRow Row, PeerMeasurement Measured)> kit, IReadOnlyList<PeerMeasurement> peers, TextWriter output)
    {
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var (index, header) in Headers(peers.Count > 0).Index())
            table.AddColumn(new TableColumn(Markup.Escape(header)) { Alignment = index is 0 or > 4 ? Justify.Right : Justify.Left, NoWrap = true });
        foreach (var row in Cells(kit, peers))
            table.AddRow([.. row.Select(Markup.Escape)]);
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = MostColumns;
        console.Write(table);
        foreach (var line in text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
            output.WriteLine(line);
        output.WriteLine("loaded and peak: bytes that libtorch allocated (the kit's meter); resident: of the process, above what it held before the model"
            + (peers.Count > 0 ? "; ratios: the kit's over the peer's, the peak's by resident bytes" : ""));
    }

    private static IReadOnlyList<string> Cells(PeerRow row, PeerMeasurement peer, PeerMeasurement kit) =>
        [.. Cells(row, peer), Ratio(kit.TokensPerSecond / peer.TokensPerSecond), Ratio((double)kit.ComparedPeakBytes / peer.ComparedPeakBytes)];

    // A peer counts resident bytes alone.
    private static IReadOnlyList<string> Cells(PeerRow row, PeerMeasurement m)
    {
        var metered = m.PeakResidentBytes is not null;
        return
        [
            $"{row.Number}", m.Tool, row.Shape, row.MethodText, $"{row.Batch}×{row.Tokens}", Number(m.SecondsPerStep, "0.00"),
            Number(m.TokensPerSecond, "0"), metered ? Bytes(m.LoadedBytes) : "", metered ? Bytes(m.PeakBytes) : "",
            Bytes(m.LoadedResidentBytes ?? m.LoadedBytes), Bytes(m.ComparedPeakBytes),
        ];
    }

    private static string Bytes(long bytes) => Number(bytes / Mib, "0");

    private static string Ratio(double ratio) => Number(ratio, "0.00");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
