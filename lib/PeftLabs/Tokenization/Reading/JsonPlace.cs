using System.Text.Json;

namespace PeftLabs.Tokenization;

/// <summary>A value of a JSON file that knows where it stands, so that every complaint about it names file and JSON path.</summary>
internal readonly record struct JsonPlace(string File, string Path, JsonElement Value)
{
    public bool IsNull => Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    public bool IsString => Value.ValueKind == JsonValueKind.String;

    /// <summary>A part's type.</summary>
    public string Type => this["type"].String();

    /// <summary>A property; null where it is missing.</summary>
    public JsonPlace this[string name]
    {
        get
        {
            Expect(JsonValueKind.Object, "an object");
            return new(File, $"{Path}.{name}", Value.TryGetProperty(name, out var value) ? value : default);
        }
    }

    public static JsonDocument Parse(string file)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(file);
            return JsonDocument.Parse(stream);
        }
        catch (JsonException exception)
        {
            throw new TokenizerFileException(file, exception.Path ?? "", $"no JSON ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    public string String()
    {
        Expect(JsonValueKind.String, "a string");
        try
        {
            return Value.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new TokenizerFileException(File, Path, "a string that is no Unicode text", exception);
        }
    }

    public string? StringOrNull() => IsNull ? null : String();

    public string StringOr(string fallback) => IsNull ? fallback : String();

    public bool BoolOr(bool fallback) => IsNull ? fallback : Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Refuse($"a {Value.ValueKind} where true or false belongs"),
    };

    /// <summary>A number that can be an id, a count or an index.</summary>
    public int Int() => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number) && number is >= 0 and < 1 << 26
        ? number : throw Refuse($"{Shown()} where a whole number from 0 to {(1 << 26) - 1} belongs");

    /// <summary>A number that need not be whole.</summary>
    public double Number() => Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out var number) && double.IsFinite(number)
        ? number : throw Refuse($"{Shown()} where a number belongs");

    public char Character() => String() is { Length: 1 } text ? text[0] : throw Refuse($"{Shown()} where one character belongs");

    public IEnumerable<JsonPlace> Items()
    {
        Expect(JsonValueKind.Array, "an array");
        var (file, path) = (File, Path);
        return Value.EnumerateArray().Select((value, index) => new JsonPlace(file, $"{path}[{index}]", value));
    }

    public IEnumerable<(string Name, JsonPlace Value)> Properties()
    {
        Expect(JsonValueKind.Object, "an object");
        var (file, path) = (File, Path);
        return Value.EnumerateObject().Select(property => (property.Name, new JsonPlace(file, $"{path}.{property.Name}", property.Value)));
    }

    /// <summary>Refuses properties that nobody reads: what they ask for would silently not be done.</summary>
    public void Knows(params ReadOnlySpan<string> names)
    {
        foreach (var (name, value) in Properties())
            if (name != "type" && !value.IsNull && !names.Contains(name))
                throw value.Refuse($"the setting {name} is not known");
    }

    public TokenizerFileException Refuse(string problem) => new(File, Path, problem);

    private void Expect(JsonValueKind kind, string wanted)
    {
        if (Value.ValueKind != kind)
            throw Refuse($"{Shown()} where {wanted} belongs");
    }

    private string Shown() => Value.ValueKind == JsonValueKind.Undefined ? "missing,"
        : Value.GetRawText() is { Length: > 40 } text ? text[..40] + "…" : Value.GetRawText();
}
