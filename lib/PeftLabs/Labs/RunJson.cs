using System.Text.Json;
using System.Text.Json.Serialization;

namespace PeftLabs.Labs;

/// <summary>How records are written: snake_case names; a loss that is no number as "NaN" or "Infinity".</summary>
internal static class RunJson
{
    /// <summary>For run.json, which people read.</summary>
    internal static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    /// <summary>For steps.jsonl: the same on one line.</summary>
    internal static readonly JsonSerializerOptions Line = new(Indented) { WriteIndented = false };

    /// <summary>Reads a value, or says in which file and at which line it is wrong.</summary>
    /// <exception cref="InvalidDataException">The text is no JSON or not of this form.</exception>
    internal static T Read<T>(string json, string path, int line = 0)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Line) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}, line {line + (e.LineNumber ?? 0) + (line == 0 ? 1 : 0)}: {e.Message}", e);
        }
    }
}
