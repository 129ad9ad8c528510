using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Formats;

/// <summary>Takes the fields of adapter_config.json one by one, each as the type it must have; what is left is unknown.</summary>
internal sealed class AdapterFields(JsonObject json, string file)
{
    private readonly Dictionary<string, JsonNode?> _fields = json.ToDictionary(pair => pair.Key, pair => pair.Value?.DeepClone());

    public IReadOnlyDictionary<string, JsonNode?> Remaining => _fields;

    public T Value<T>(string name, T missing, string expected, Func<T, bool> isRight) where T : struct =>
        Take(name, expected, node => (T?)Checked(node.GetValue<T>(), isRight)) ?? missing;

    public bool Flag(string name) => Take(name, "true or false", node => (bool?)node.GetValue<bool>()) ?? false;

    public string? Text(string name) => Take(name, "a string", node => node.GetValue<string>());

    /// <summary>A list; PEFT allows a single element for a list of one.</summary>
    public IReadOnlyList<T>? List<T>(string name) => Take(name, $"a list of {(typeof(T) == typeof(int) ? "whole numbers" : "strings")}",
        node => node is JsonArray list ? [.. list.Select(Item<T>)] : new List<T> { node.GetValue<T>() });

    public ModuleSelection? Modules(string name) => Take(name, "a list of names, or a string, none of them empty",
        node => node is JsonArray list
            ? ModuleSelection.Of([.. list.Select(Item<string>)]) : ModuleSelection.Matching(node.GetValue<string>()));

    public IReadOnlyDictionary<string, T> Pattern<T>(string name, string expected, Func<T, bool> isRight) =>
        Take(name, expected, node => node.AsObject().ToDictionary(pair => pair.Key, pair => Checked(Item<T>(pair.Value), isRight)))
        ?? [];

    /// <summary>The index of a string, or of true or false, among <paramref name="choices"/>.</summary>
    public int Choice(string name, string[] choices, string? missing)
    {
        var expected = choices.Length == 1 ? choices[0] : $"one of {string.Join(", ", choices)}; the kit has no other";
        var text = Take(name, expected, node => node.GetValueKind() switch
        {
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => node.GetValue<string>(),
        }) ?? missing;
        var index = Array.IndexOf(choices, text);
        return index >= 0 ? index : throw new AdapterFormatException($"it is {text ?? "missing"}; it must be {expected}.", file, name);
    }

    private T? Take<T>(string name, string expected, Func<JsonNode, T?> read)
    {
        if (!_fields.Remove(name, out var node) || node is null)
            return default;
        try
        {
            return read(node);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            throw new AdapterFormatException($"it is {node.ToJsonString()}; it must be {expected}.", file, name, e);
        }
    }

    private static T Item<T>(JsonNode? node) => node is null ? throw new FormatException("an item is null") : node.GetValue<T>();

    private static T Checked<T>(T value, Func<T, bool> isRight) => isRight(value) ? value : throw new FormatException();
}
