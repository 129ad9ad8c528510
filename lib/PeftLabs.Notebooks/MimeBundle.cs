using System.Text.Json.Nodes;

namespace PeftLabs.Notebooks;

/// <summary>One thing shown, in several forms: MIME type to content. A front end picks the richest form that it can draw.</summary>
public sealed class MimeBundle
{
    private readonly SortedDictionary<string, string> _contents = new(StringComparer.Ordinal);

    /// <summary>The MIME types present, in ordinal order.</summary>
    public IReadOnlyCollection<string> MimeTypes => _contents.Keys;

    /// <summary>
    /// The content for a MIME type: text, JSON text for types that end in <c>json</c>, base64 for images; null where there is none.
    /// </summary>
    public string? this[string mimeType]
    {
        get => _contents.GetValueOrDefault(mimeType);
        set
        {
            if (value is null) _contents.Remove(mimeType);
            else _contents[mimeType] = value;
        }
    }

    internal JsonObject ToNode()
    {
        var data = new JsonObject();
        foreach (var (mimeType, content) in _contents) data[mimeType] = ToNode(mimeType, content);
        return data;
    }

    private static JsonNode? ToNode(string mimeType, string content)
    {
        if (mimeType.EndsWith("json", StringComparison.Ordinal)) return JsonNode.Parse(content);
        var isBinary = mimeType.StartsWith("image/", StringComparison.Ordinal) && mimeType != "image/svg+xml";
        return isBinary ? JsonValue.Create(content) : NotebookJson.Lines(content);
    }
}
