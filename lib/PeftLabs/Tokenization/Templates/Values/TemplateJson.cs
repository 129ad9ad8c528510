using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Formats;

namespace PeftLabs.Tokenization;

/// <summary>JSON to the values of a template, and back as Python's json.dumps writes it.</summary>
internal static class TemplateJson
{
    /// <exception cref="FormatException">A number is beyond what is supported, a string is no text, or a name is there twice.</exception>
    public static object? Read(JsonNode? node)
    {
        try
        {
            return Value(node);
        }
        // A node reads its text only now: it throws these for half of a surrogate pair, and for a name that an object has twice.
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    /// <summary>The filter tojson, as transformers has it: characters beyond ASCII as they are, nothing escaped for HTML.</summary>
    public static string Write(object? value, CallArguments arguments)
    {
        var style = new Style(
            arguments.Flag(0, "ensure_ascii"), arguments.Get(1, "indent") switch
            {
                null => null,
                string given => given,
                var count => TemplateOperators.Repeat(" ", TemplateValue.Whole(count)),
            },
            arguments.Flag(3, "sort_keys"), arguments.Get(2, "separators") as List<object?>);
        var text = new StringBuilder();
        Write(text, value, style, "\n");
        return text.ToString();
    }

    private static object? Value(JsonNode? node)
    {
        switch (node)
        {
            case null: return null;
            case JsonArray items: return items.Select(Value).ToList();
            case JsonObject fields:
                DictionaryValue dictionary = [];
                foreach (var (name, value) in fields)
                    dictionary[name] = Value(value);
                return dictionary;
            case var value when value.GetValueKind() == JsonValueKind.Number: return Number(value);
            case var value: return value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.GetValue<bool>();
        }
    }

    private static object Number(JsonNode value)
    {
        var text = value.ToJsonString();
        if (!text.AsSpan().ContainsAny('.', 'e', 'E'))
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
                : throw new FormatException($"The number {text} is beyond the whole numbers that are supported.");
        return double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static void Write(StringBuilder text, object? value, Style style, string line)
    {
        switch (value)
        {
            case null: text.Append("null"); break;
            case bool flag: text.Append(flag ? "true" : "false"); break;
            case long or double: text.Append(TemplateValue.Shown(value)); break;
            case string word: text.Append(PlainJson.Quote(word, style.Ascii)); break;
            case List<object?> list: WriteAll(text, '[', ']', list, style, line, (item, inner) => Write(text, item, style, inner)); break;
            case DictionaryValue dictionary:
                var entries = style.SortKeys ? dictionary.OrderBy(entry => Key(entry.Key), StringComparer.Ordinal) : dictionary.AsEnumerable();
                WriteAll(text, '{', '}', [.. entries], style, line, (entry, inner) =>
                {
                    text.Append(PlainJson.Quote(Key(entry.Key), style.Ascii)).Append(style.AfterKey);
                    Write(text, entry.Value, style, inner);
                });
                break;
            default: throw new TemplateFault($"tojson: {TemplateValue.Described(value)} has no form in JSON");
        }
    }

    private static string Key(object key) => key switch { string text => text, true => "true", false => "false", _ => TemplateValue.Shown(key) };

    private static void WriteAll<T>(
        StringBuilder text, char open, char close, IReadOnlyList<T> items, Style style, string line, Action<T, string> write)
    {
        var inner = style.Indent is null ? "" : line + style.Indent;
        text.Append(open);
        foreach (var (index, item) in items.Index())
        {
            text.Append(index > 0 ? style.BetweenItems : "").Append(inner);
            write(item, inner);
        }
        text.Append(items.Count > 0 && style.Indent is not null ? line : "").Append(close);
    }

    private sealed record Style(bool Ascii, string? Indent, bool SortKeys, List<object?>? Separators)
    {
        public string BetweenItems => Separators is [string items, _] ? items : Indent is null ? ", " : ",";

        public string AfterKey => Separators is [_, string key] ? key : ": ";
    }
}
