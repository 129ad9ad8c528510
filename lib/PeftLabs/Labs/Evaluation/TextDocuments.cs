using System.Text;
using System.Text.Json;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Texts to take a model's perplexity on.</summary>
/// <param name="Name">What tables call them, such as "general text".</param>
/// <param name="Documents">The documents, each a text of its own.</param>
public sealed record TextDocuments(string Name, IReadOnlyList<string> Documents)
{
    /// <summary>A line that ends a document of a plain text file.</summary>
    public const string Separator = "<|endoftext|>";

    /// <summary>
    /// The first documents of the kit's generator that nothing is trained on: what a model of the labs was trained on is of the same kind,
    /// so that they show what fine-tuning makes it forget.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Another seed gives others.</param>
    public static TextDocuments General(int count, ulong seed = 0) => new("general text", [.. TextGenerator.HeldOut(seed).Take(count)]);

    /// <summary>
    /// The documents of a file in UTF-8, those without text left out: of JSON Lines (<c>.jsonl</c>, <c>.ndjson</c>, <c>.json</c>) the field
    /// "text" of each line; any other file is one document, unless lines of <see cref="Separator"/> part it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Documents that are read at most.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InstructionDataException">It is not UTF-8, a line has no text, or there is none at all; the message says where.</exception>
    public static TextDocuments Read(string path, int most = int.MaxValue)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path} {(Directory.Exists(path) ? "is a folder; a file is wanted" : "does not exist")}.", path);
        var isJson = Path.GetExtension(path).ToLowerInvariant() is ".jsonl" or ".ndjson" or ".json";
        List<string> documents = [.. (isJson ? JsonLines(path) : Parts(path)).Where(text => !string.IsNullOrWhiteSpace(text)).Take(most)];
        return documents.Count > 0 ? new(Path.GetFileName(path), documents)
            : throw new InstructionDataException(path, 1, 1, "the file holds no text");
    }

    private static IEnumerable<string> JsonLines(string path)
    {
        using var lines = new DataLines(path);
        while (Next(path, lines) is { } text)
            yield return text;
    }

    private static string? Next(string path, DataLines lines)
    {
        if (!lines.TryRead(out var line))
            return null;
        try
        {
            using var json = JsonDocument.Parse(line.ToArray());
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("text", out var text)
                && text.ValueKind == JsonValueKind.String ? text.GetString()
                : throw new InstructionDataException(path, lines.Line, 1, "a JSON object with the text of a document belongs here: {\"text\": \"…\"}");
        }
        catch (JsonException exception)
        {
            throw new InstructionDataException(path, lines.Line, (exception.BytePositionInLine ?? 0) + 1,
                $"no JSON ({exception.Message.Split(" LineNumber:")[0].TrimEnd('.')})", exception);
        }
    }

    private static IEnumerable<string> Parts(string path)
    {
        using var lines = new DataLines(path);
        var part = new StringBuilder();
        while (lines.TryRead(out var line))
        {
            if (!line.SequenceEqual(Encoding.UTF8.GetBytes(Separator)))
            {
                part.Append(Encoding.UTF8.GetString(line)).Append('\n');
                continue;
            }
            yield return Whole(part);
            part.Clear();
        }
        yield return Whole(part);
    }

    // Line ends at its own end are the file's, not the document's.
    private static string Whole(StringBuilder part) => part.ToString().TrimEnd('\n');
}
