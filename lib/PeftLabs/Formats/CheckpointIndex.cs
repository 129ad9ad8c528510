using System.Text.Json;

namespace PeftLabs.Formats;

/// <summary>What model.safetensors.index.json says: which shard holds which tensor.</summary>
internal static class CheckpointIndex
{
    public const string FileName = "model.safetensors.index.json";

    /// <summary>The shard of every tensor, as paths beside the index.</summary>
    public static Dictionary<string, string> Read(string path) => Read(path, entry => Shard(path, entry));

    /// <summary>The names of the shards, which need not be there.</summary>
    public static IReadOnlyCollection<string> ShardNames(string path) => Read(path, entry => ShardName(path, entry)).Values.ToHashSet();

    private static Dictionary<string, string> Read(string path, Func<JsonProperty, string> shard)
    {
        var text = File.ReadAllBytes(path);
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out var map)
                || map.ValueKind != JsonValueKind.Object)
                throw new SafeTensorsException("there is no object weight_map; it must map tensors to files.", path);
            return map.EnumerateObject().ToDictionary(entry => entry.Name, shard);
        }
        // The reader throws InvalidOperationException for an escape that is no Unicode.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new SafeTensorsException($"the index is not valid JSON: {e.Message}", path, null, null, e);
        }
    }

    private static string Shard(string index, JsonProperty entry)
    {
        var name = ShardName(index, entry);
        var shard = Path.Combine(Path.GetDirectoryName(index)!, name);
        return RealFile.Length(shard) is not null ? shard : throw Fault(index, entry, name, "there is no such file beside the index. Is the download complete?");
    }

    private static string ShardName(string index, JsonProperty entry)
    {
        var name = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : entry.Value.GetRawText();
        // A shard elsewhere would let an index from the net reach any file of this machine.
        if (entry.Value.ValueKind != JsonValueKind.String || name != Path.GetFileName(name) || name.AsSpan().ContainsAny('\\', '\0'))
            throw Fault(index, entry, name, "it must be the name of a file beside the index, without folders.");
        if (!name.EndsWith(".safetensors", StringComparison.Ordinal))
            throw Fault(index, entry, name, "it must be a .safetensors file.");
        return name;
    }

    private static SafeTensorsException Fault(string index, JsonProperty entry, string name, string message) =>
        new($"weight_map gives it '{name}'; {message}", index, entry.Name);
}
