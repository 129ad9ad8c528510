using System.Text;

namespace PeftLabs.Plotting;

/// <summary>A table in plain text: the first column to the left, the others to the right.</summary>
internal static class TextTable
{
    public static string Format(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. headers.Select((header, i) => rows.Select(row => row[i].Length).Append(header.Length).Max())];
        var text = new StringBuilder();
        void Add(IEnumerable<string> cells) =>
            text.AppendJoin("  ", cells.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).Append('\n');
        Add(headers);
        Add(widths.Select(width => new string('-', width)));
        foreach (var row in rows) Add(row);
        return text.ToString().TrimEnd('\n');
    }
}
