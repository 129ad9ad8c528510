using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>Puts plotly.js objects together: what is not set is left out, and numbers keep seven significant digits.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonNode? Value(object? value) => value switch
    {
        null => null,
        JsonNode node => node,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        double number => Number(number),
        IEnumerable<double> numbers => new JsonArray([.. numbers.Select(Number)]),
        IEnumerable<string> texts => new JsonArray([.. texts.Select(text => JsonValue.Create(text))]),
        _ => throw new ArgumentException($"A plotly.js value cannot be a {value.GetType()}.", nameof(value)),
    };

    public static JsonObject Object(params (string Name, object? Value)[] members)
    {
        var node = new JsonObject();
        foreach (var (name, value) in members)
            if (value is not null) node[name] = Value(value);
        return node;
    }

    public static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> node) => new([.. items.Select(node)]);

    public static string Text(JsonNode node) => node.ToJsonString(_plain);

    /// <summary>JSON that may stand in a script element: what could end the element is escaped.</summary>
    public static string ScriptText(JsonNode node) => node.ToJsonString();

    private static JsonNode? Number(double value)
    {
        if (!double.IsFinite(value)) return null;
        return JsonNode.Parse(value.ToString("G7", CultureInfo.InvariantCulture).Replace("E+", "E", StringComparison.Ordinal));
    }
}
