using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using static TorchSharp.torch;

namespace PeftLabs.Labs;

/// <summary>Between <see cref="RunSpec"/> and JSON: formats and policies by name, an adapter as its adapter_config.json.</summary>
internal static class RunSpecJson
{
    internal static readonly JsonSerializerOptions Options = new(RunJson.Indented)
    {
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOut } },
        Converters =
        {
            new JsonStringEnumConverter(),
            new NamedConverter<WeightFormat>(WeightFormat.Parse, format => format.Name),
            new NamedConverter<CheckpointPolicy>(CheckpointPolicy.Parse, policy => policy.Name),
            new NamedConverter<WeightStreaming>(Streaming, streaming => streaming.Folder is { } folder ? PortablePath.InRepository(folder) : TemporaryFile),
            new AdapterConverter(),
        },
    };

    private const string TemporaryFile = "temporary file";

    internal static RunSpec Parse(JsonNode? json, string place)
    {
        try
        {
            return json.Deserialize<RunSpec>(Options) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or AdapterFormatException)
        {
            throw new InvalidDataException($"{place} is no spec that a run can be made from: {e.Message}", e);
        }
    }

    private static WeightStreaming Streaming(string folder) => new() { Folder = folder == TemporaryFile ? null : PortablePath.Locate(folder) };

    // A spec has one device, and what listens is no part of it.
    private static void LeaveOut(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
            if (type.Properties[i].PropertyType is var kind && (kind == typeof(Device) || kind == typeof(IProgress<(long, long)>)))
                type.Properties.RemoveAt(i);
    }

    private sealed class NamedConverter<T>(Func<string, T> parse, Func<T, string> name) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.String
            ? parse(reader.GetString()!)
            : throw new JsonException($"a {typeof(T).Name} is a name, and {reader.TokenType} stands there");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(name(value));
    }

    private sealed class AdapterConverter : JsonConverter<LoraAdapterConfig>
    {
        public override LoraAdapterConfig Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            LoraAdapterJson.Parse(Encoding.UTF8.GetBytes(JsonNode.Parse(ref reader)!.ToJsonString()), "lora");

        public override void Write(Utf8JsonWriter writer, LoraAdapterConfig value, JsonSerializerOptions options) =>
            JsonNode.Parse(value.ToJson())!.WriteTo(writer);
    }
}
