using System.Globalization;
using System.Text;
using PeftLabs.Memory;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>The ladder as tables: one of its rungs, one of what their peaks consist of.</summary>
public static class LadderTable
{
    private const double Mib = 1 << 20;

    /// <summary>Both tables in Markdown, with what they were measured on.</summary>
    public static string Markdown(LadderReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# The ladder: {report.Model}, {report.Batch} × {report.Tokens} tokens\n\n");
        text.Append("Peak memory in MiB (1024² bytes), predicted before anything was loaded and measured to the byte; seconds are the median step's.\n\n");
        Append(text, Headers, Rows(report));
        text.Append("\nOf the measured peak, in MiB (in brackets: predicted):\n\n");
        Append(text, ["rung", .. Enum.GetValues<MemoryCategory>().Select(c => $"{c}"), "stage"], [.. report.Rungs.Select(Categories)]);
        text.Append(CultureInfo.InvariantCulture, $"\n{report.Machine.Processor ?? report.Machine.Architecture}, {report.Machine.Cores} cores, ");
        text.Append(CultureInfo.InvariantCulture, $"{report.Machine.Blas} BLAS, libtorch {report.Versions.Torch}, .NET {report.Versions.DotNet}, ");
        text.Append(CultureInfo.InvariantCulture, $"PeftLabs {report.Versions.Kit}\n");
        return text.ToString();
    }

    /// <summary>The rungs' table for a terminal, without the columns of which nothing is known yet.</summary>
    public static string Text(LadderReport report)
    {
        var rows = Rows(report);
        var known = Headers.Index().Where(h => rows.Any(row => row[h.Index].Length > 0)).Select(h => h.Index).ToList();
        return TextTable.Format([.. known.Select(i => Headers[i])], [.. rows.Select(row => (IReadOnlyList<string>)[.. known.Select(i => row[i])])])
            + "\n(memory in MiB = 1024² bytes)";
    }

    /// <summary>The columns of the rungs' table.</summary>
    public static IReadOnlyList<string> Headers { get; } =
        ["rung", "predicted", "measured", "off", "saved", "s/step", "predicted s", "loss", "run"];

    /// <summary>The rungs' table, a row each.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(LadderReport report) => [.. report.Rungs.Select((rung, i) => (IReadOnlyList<string>)
    [
        rung.Name,
        Bytes(rung.PredictedPeak.PeakBytes),
        rung.MeasuredPeak is { } peak ? Bytes(peak.PeakBytes) : rung.Error is null ? "" : "failed",
        Percent(rung.Off, "+0.0;-0.0;0.0"),
        Percent(Saved(i == 0 ? null : report.Rungs[i - 1], rung), "0;-0;0"),
        Number(rung.SecondsPerStep, "0.00"),
        Number(rung.PredictedSecondsPerStep, "0.00"),
        Number(rung.Loss, "0.0000"),
        rung.Run ?? rung.Error ?? "",
    ])];

    private static IReadOnlyList<string> Categories(LadderEntry rung) =>
    [
        rung.Name,
        .. Enum.GetValues<MemoryCategory>().Select(c => (rung.MeasuredPeak is { } measured ? Bytes(measured.Categories[c]) + " " : "")
            + $"({Bytes(rung.PredictedPeak.Categories[c])})"),
        $"{(rung.MeasuredPeak ?? rung.PredictedPeak).Stage}",
    ];

    private static double? Saved(LadderEntry? above, LadderEntry rung) => above?.MeasuredPeak is { } before && rung.MeasuredPeak is { } now
        ? 1 - (double)now.PeakBytes / before.PeakBytes : null;

    private static void Append(StringBuilder text, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        text.Append("| ").AppendJoin(" | ", headers).Append(" |\n|---|").Insert(text.Length, "---:|", headers.Count - 1).Append('\n');
        foreach (var row in rows)
            text.Append("| ").AppendJoin(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }

    private static string Bytes(long bytes) => (bytes / Mib).ToString("N1", CultureInfo.InvariantCulture);

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static string Percent(double? share, string format) => share is null ? "" : $"{(100 * share.Value).ToString(format, CultureInfo.InvariantCulture)} %";
}
