using System.Text;

namespace PeftLabs.Training;

/// <summary>A field of a CSV file, and where it begins.</summary>
internal readonly record struct CsvField(string Text, long Line, long Column);

/// <summary>
/// Reads CSV row by row (RFC 4180): fields between commas; one in double quotes may hold commas, line ends, and quotes written twice.
/// </summary>
internal sealed class CsvReader(string path, DataLines lines)
{
    /// <summary>The next row; null at the file's end.</summary>
    public List<CsvField>? Read()
    {
        if (!lines.TryRead(out var bytes))
            return null;
        var line = Encoding.UTF8.GetString(bytes);
        if (line == "")
            throw new InstructionDataException(path, lines.Line, 1, "an empty line where a row belongs");
        List<CsvField> row = [];
        for (var at = 0; at <= line.Length; at++)
        {
            var (number, column) = (lines.Line, at + 1);
            var text = at < line.Length && line[at] == '"' ? Quoted(ref line, ref at) : Plain(line, ref at);
            row.Add(new(text, number, column));
        }
        return row;
    }

    // Up to the comma, or the line's end.
    private string Plain(string line, ref int at)
    {
        var start = at;
        at = line.IndexOf(',', start) is var comma and >= 0 ? comma : line.Length;
        var text = line[start..at];
        return text.IndexOf('"') is var quote and >= 0
            ? throw new InstructionDataException(
                path, lines.Line, start + quote + 1,
                "a quote in a field that does not begin with one; the field has to be in quotes, and this one doubled")
            : text;
    }

    private string Quoted(ref string line, ref int at)
    {
        var (text, opened, openedAt) = (new StringBuilder(), lines.Line, at + 1);
        for (at++; ; at++)
        {
            if (at == line.Length)
            {
                if (!lines.TryRead(out var bytes))
                    throw new InstructionDataException(path, opened, openedAt, "a quoted field that begins here has no closing quote");
                text.Append('\n');
                (line, at) = (Encoding.UTF8.GetString(bytes), -1);
            }
            else if (line[at] != '"')
                text.Append(line[at]);
            else if (at + 1 < line.Length && line[at + 1] == '"')
                text.Append(line[++at]);
            else
                break;
        }
        at++;
        return at >= line.Length || line[at] == ',' ? text.ToString()
            : throw new InstructionDataException(
                path, lines.Line, at + 1,
                $"'{line[at]}' after a closing quote, where a comma or the line's end belongs; a quote inside of a field is written twice");
    }
}
