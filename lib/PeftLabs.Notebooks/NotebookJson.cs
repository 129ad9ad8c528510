using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Notebooks;

/// <summary>
/// JSON as Jupyter writes it: one space a level, nothing but control characters, quotes and backslashes escaped, a newline at the end.
/// A file written this way differs from Jupyter's own only where the content does.
/// </summary>
internal static class NotebookJson
{
    public static string Write(JsonNode node)
    {
        var text = new StringBuilder();
        WriteNode(text, node, 0);
        return text.Append('\n').ToString();
    }

    private static void WriteNode(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null: text.Append("null"); break;
            case JsonObject { Count: 0 }: text.Append("{}"); break;
            case JsonArray { Count: 0 }: text.Append("[]"); break;
            case JsonObject members: WriteObject(text, members, depth); break;
            case JsonArray items: WriteArray(text, items, depth); break;
            default: WriteScalar(text, node); break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonObject members, int depth)
    {
        var separator = '{';
        foreach (var (name, value) in members)
        {
            NewLine(text.Append(separator), depth + 1);
            WriteString(text, name);
            text.Append(": ");
            WriteNode(text, value, depth + 1);
            separator = ',';
        }
        NewLine(text, depth).Append('}');
    }

    private static void WriteArray(StringBuilder text, JsonArray items, int depth)
    {
        var separator = '[';
        foreach (var item in items)
        {
            NewLine(text.Append(separator), depth + 1);
            WriteNode(text, item, depth + 1);
            separator = ',';
        }
        NewLine(text, depth).Append(']');
    }

    private static void WriteScalar(StringBuilder text, JsonNode node)
    {
        if (node.GetValueKind() == JsonValueKind.String) WriteString(text, node.GetValue<string>());
        else text.Append(node.ToJsonString());
    }

    private static StringBuilder NewLine(StringBuilder text, int depth) => text.Append('\n').Append(' ', depth);

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        text.Append('"');
    }

    /// <summary>A text as nbformat keeps it: an array of lines, each with its newline but for the last.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) + 1;
            if (end == 0) end = text.Length;
            lines.Add(JsonValue.Create(text[start..end]));
            start = end;
        }
        return lines;
    }

    /// <summary>The text of a field that nbformat allows to be a string or an array of lines; null where it is neither.</summary>
    public static string? Text(JsonNode? node) => node switch
    {
        JsonArray lines when lines.All(IsString) => string.Concat(lines.Select(line => line!.GetValue<string>())),
        JsonValue value when IsString(value) => value.GetValue<string>(),
        _ => null,
    };

    private static bool IsString(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;
}
