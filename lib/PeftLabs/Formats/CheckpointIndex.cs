using System.Text.Json;

namespace PeftLabs.Formats;

/// <summary>What model.safetensors.index.json says: which shard holds which tensor.</summary>
internal static class CheckpointIndex
{
    public const string FileName = "model.safetensors.index.json";

    /// <summary>The shard of every tensor, as paths beside the index.</summary>
    public static Dictionary<string, string> Read(string path)
    {
        var text = File.ReadAllBytes(path);
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out var map)
                || map.ValueKind != JsonValueKind.Object)
                throw new SafeTensorsException("there is no object weight_map; it must map tensors to files.", path);
            return map.EnumerateObject().ToDictionary(entry => entry.Name, entry => Shard(path, entry));
        }
        // The reader throws InvalidOperationException for an escape that is no Unicode.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new SafeTensorsException($"the index is not valid JSON: {e.Message}", path, null, null, e);
        }
    }

    private static string Shard(string index, JsonProperty entry)
    {
        if (entry.Value.ValueKind != JsonValueKind.String)
            throw new SafeTensorsException($"weight_map gives it {entry.Value.ValueKind}; it must be the name of a file.", index, entry.Name);
        var name = entry.Value.GetString()!;
        // A shard elsewhere would let an index from the net reach any file of this machine.
        if (name.Length == 0 || name != Path.GetFileName(name) || name is "." or ".." || name.Contains('\\') || name.Contains('\0'))
            throw new SafeTensorsException($"weight_map gives it '{name}'; it must be a file beside the index, without folders.", index, entry.Name);
        var shard = Path.Combine(Path.GetDirectoryName(index)!, name);
        if (!name.EndsWith(".safetensors", StringComparison.Ordinal))
            throw new SafeTensorsException($"weight_map gives it '{name}'; it must be a .safetensors file.", index, entry.Name);
        return File.Exists(shard) ? shard : throw new SafeTensorsException(
            $"weight_map gives it '{name}', which does not lie beside the index. Is the download complete?", index, entry.Name);
    }
}
