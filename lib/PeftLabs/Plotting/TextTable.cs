using System.Text;

namespace PeftLabs.Plotting;

/// <summary>A table in plain text: the first column to the left, the others to the right where nothing else is asked for.</summary>
internal static class TextTable
{
    /// <summary>Lays the table out.</summary>
    /// <param name="headers">The first line.</param>
    /// <param name="rows">The lines below, as many cells each.</param>
    /// <param name="left">Further columns that stand to the left: those of words.</param>
    public static string Format(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, params int[] left)
    {
        int[] widths = [.. headers.Select((header, i) => rows.Select(row => row[i].Length).Append(header.Length).Max())];
        var text = new StringBuilder();
        void Add(IEnumerable<string> cells) =>
            text.AppendJoin("  ", cells.Select((cell, i) => i == 0 || left.Contains(i) ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).Append('\n');
        Add(headers);
        Add(widths.Select(width => new string('-', width)));
        foreach (var row in rows) Add(row);
        return text.ToString().TrimEnd('\n');
    }
}
