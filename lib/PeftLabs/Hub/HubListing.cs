using System.Text.Json;

namespace PeftLabs.Hub;

/// <summary>What a repository holds at a commit: the answer of api/models/ID/revision/REVISION?blobs=true.</summary>
internal sealed record HubListing(string Commit, IReadOnlyList<ListedFile> Files)
{
    /// <summary>Reads the answer.</summary>
    /// <exception cref="HubException">It is not what a hub answers.</exception>
    public static HubListing Parse(ReadOnlyMemory<byte> json, string about)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            if (!HubModelName.CommitPattern.IsMatch(commit))
                throw new HubException(HubFailure.BadAnswer, $"{about}: the hub names no commit, but '{commit}'.");
            return new(commit, [.. document.RootElement.GetProperty("siblings").EnumerateArray().Select(File)]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HubException(HubFailure.BadAnswer,
                $"{about}: the answer is not a hub's list of files ({e.Message}). Does HF_ENDPOINT name a hub?", e);
        }
    }

    private static ListedFile File(JsonElement file)
    {
        var name = file.GetProperty("rfilename").GetString() ?? "";
        if (file.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object)
            return new(name, Number(lfs, "size") ?? Number(file, "size"), Hash(lfs, "sha256") ?? Hash(lfs, "oid"));
        return new(name, Number(file, "size"), Hash(file, "blobId"));
    }

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static string? Hash(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && HubFile.IsHash(value.GetString())
            ? value.GetString() : null;
}
