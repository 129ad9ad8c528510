using System.Text;
using System.Text.Json;

namespace PeftLabs.Training;

/// <summary>Reads JSON Lines: an object a line.</summary>
internal static class JsonLinesReader
{
    private static readonly JsonDocumentOptions _options = new() { AllowDuplicateProperties = false };

    public static IEnumerable<InstructionRecord> Read(string path, InstructionShape? shape, Action<long>? progress)
    {
        using var lines = new DataLines(path);
        var first = 0L;
        while (Next(path, lines, ref shape, ref first) is { } record)
        {
            progress?.Invoke(lines.Consumed);
            yield return record;
        }
    }

    private static InstructionRecord? Next(string path, DataLines lines, ref InstructionShape? shape, ref long first)
    {
        if (!lines.TryRead(out var line))
            return null;
        var start = line.IndexOfAnyExcept(" \t"u8);
        if (start < 0)
            throw new InstructionDataException(path, lines.Line, 1, "an empty line where a JSON object belongs");
        if (line[start] == '[' && lines.Line == 1)
            throw new InstructionDataException(
                path, 1, start + 1, "a JSON array where JSON Lines belong: one object a line, without commas between them");
        using var document = Parse(path, lines.Line, line);
        var reader = new JsonRecordReader(path, lines.Line, Encoding.UTF8.GetString(line), document.RootElement);
        var found = reader.Shape();
        if (shape is { } wanted && found != wanted)
            throw reader.Refuse(
                [], $"fields of the shape {found} where {(first > 0 ? $"line {first} has" : "all lines have to have")} those of {wanted}");
        (shape, first) = (found, first > 0 ? first : lines.Line);
        return reader.Read(found);
    }

    private static JsonDocument Parse(string path, long number, ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line.ToArray(), _options);
        }
        catch (JsonException exception)
        {
            var bytes = (int)Math.Min(line.Length, exception.BytePositionInLine ?? 0);
            // The reader's message ends with the line and byte as it counts them, from 0.
            var problem = exception.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw new InstructionDataException(path, number, Encoding.UTF8.GetCharCount(line[..bytes]) + 1, $"no JSON ({problem})", exception);
        }
        catch (InvalidOperationException exception)
        {
            const string Problem = "no JSON (the name of a property holds half of a surrogate pair, which is no character)";
            throw new InstructionDataException(path, number, 1, Problem, exception);
        }
    }
}
