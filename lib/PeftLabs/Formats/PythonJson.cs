using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace PeftLabs.Formats;

/// <summary>JSON text as Python's json module writes it with sorted keys and an indent of two: what PEFT's files look like.</summary>
internal static class PythonJson
{
    public static string Write(IReadOnlyDictionary<string, JsonNode?> fields)
    {
        var text = new StringBuilder();
        WriteObject(text, fields, "\n");
        return text.ToString();
    }

    /// <summary>A number that Python takes for a float: it always has a point or an exponent.</summary>
    public static JsonNode Float(double value)
    {
        var exponent = value == 0 ? 0 : (int)Math.Floor(Math.Log10(Math.Abs(value)));
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        if (exponent is < -4 or >= 16)
            text = value.ToString("0.################e+00", CultureInfo.InvariantCulture);
        else if (text.Contains('E'))
            text = value.ToString("0.####################", CultureInfo.InvariantCulture);
        return JsonNode.Parse(text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0")!;
    }

    /// <summary>A whole number as an int of Python, any other as a float.</summary>
    public static JsonNode? Number(double value) => value == Math.Truncate(value) && Math.Abs(value) < 1e15 ? (long)value : Float(value);

    private static void Write(StringBuilder text, JsonNode? node, string line)
    {
        switch (node)
        {
            case null: text.Append("null"); break;
            case JsonObject fields: WriteObject(text, fields.ToDictionary(), line); break;
            case JsonArray items: WriteItems(text, '[', ']', items, line, item => Write(text, item, line + "  ")); break;
            case var _ when node.GetValueKind() == System.Text.Json.JsonValueKind.String:
                text.Append(PlainJson.Quote(node.GetValue<string>(), ascii: true));
                break;
            default: text.Append(node.ToJsonString()); break;
        }
    }

    private static void WriteObject(StringBuilder text, IReadOnlyDictionary<string, JsonNode?> fields, string line) =>
        WriteItems(text, '{', '}', fields.OrderBy(field => field.Key, StringComparer.Ordinal), line, field =>
        {
            text.Append(PlainJson.Quote(field.Key, ascii: true)).Append(": ");
            Write(text, field.Value, line + "  ");
        });

    private static void WriteItems<T>(StringBuilder text, char open, char close, IEnumerable<T> items, string line, Action<T> write)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            text.Append(first ? "" : ",").Append(line).Append("  ");
            write(item);
            first = false;
        }
        text.Append(first ? "" : line).Append(close);
    }
}
