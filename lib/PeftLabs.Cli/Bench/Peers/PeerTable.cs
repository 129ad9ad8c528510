using System.Globalization;
using Spectre.Console;

namespace PeftLabs.Cli.Bench.Peers;

/// <summary>The table: the kit's rows, and under each what peers measured, with ratios.</summary>
public static class PeerTable
{
    private const double Mib = 1 << 20;

    /// <summary>The columns; the ratios are there where a peer is.</summary>
    public static IReadOnlyList<string> Headers(bool withPeers) =>
    [
        "row", "tool", "shape", "method", "batch × tokens", "s/step", "tokens/s", "loaded MiB", "peak MiB", "loaded resident", "peak resident",
        .. withPeers ? ["tokens/s, kit ÷ peer", "peak, kit ÷ peer"] : Array.Empty<string>(),
    ];

    /// <summary>The cells of the table.</summary>
    /// <param name="kit">The kit's measurements by row.</param>
    /// <param name="peers">The peers'.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Cells(
        IReadOnlyList<(PeerRow Row, PeerMeasurement Measured)> kit, IReadOnlyList<PeerMeasurement> peers) =>
        [.. kit.SelectMany(k => peers.Where(k.Row.Is).Select(peer => Cells(k.Row, peer, k.Measured)).Prepend(
            peers.Count == 0 ? Cells(k.Row, k.Measured) : [.. Cells(k.Row, k.Measured), "", ""]))];

    /// <summary>Prints it.</summary>
    public static void Print(IReadOnlyList<(PeerRow Row, PeerMeasurement Measured)> kit, IReadOnlyList<PeerMeasurement> peers, TextWriter output)
    {
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var (index, header) in Headers(peers.Count > 0).Index())
            table.AddColumn(new TableColumn(Markup.Escape(header)) { Alignment = index is 0 or > 4 ? Justify.Right : Justify.Left, NoWrap = true });
        foreach (var row in Cells(kit, peers))
            table.AddRow([.. row.Select(Markup.Escape)]);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = 240;
        console.Write(table);
        output.WriteLine("loaded and peak: bytes that libtorch allocated (the kit's meter); resident: of the process, above what it held before the model");
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
