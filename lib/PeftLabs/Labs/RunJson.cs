using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Planning;

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
        // Σ and · are as readable in a file as in a formula.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // Of these there are hundreds: a line each.
        Converters =
        {
            new OneLine<MemorySample>(), new OneLine<MemoryTerm>(), new OneLine<PeakAllocation>(),
            new OneLine<StageCost>(), new OneLine<ScopeCost>(), new OneLine<BlockCost>(), new OneLine<PretrainingLoss>(),
        },
    };

    /// <summary>For steps.jsonl: the same on one line.</summary>
    internal static readonly JsonSerializerOptions Line = Compact();

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

    private static JsonSerializerOptions Compact()
    {
        var options = new JsonSerializerOptions(Indented) { WriteIndented = false };
        options.Converters.Clear();
        return options;
    }

    private sealed class OneLine<T> : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => JsonSerializer.Deserialize<T>(ref reader, Line);

        // The writer indents nothing that comes raw.
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteRawValue($"\n{new string(' ', 2 * writer.CurrentDepth)}{JsonSerializer.Serialize(value, Line)}");
    }
}
