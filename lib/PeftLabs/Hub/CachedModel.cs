using PeftLabs.Formats;

namespace PeftLabs.Hub;

/// <summary>Models that lie in the cache as a whole, whichever tool has put them there.</summary>
internal static class CachedModel
{
    /// <summary>The snapshot of the asked revision; where there is none, null and the reason, a clause without a full stop.</summary>
    public static (HubSnapshot? Snapshot, string Reason) Find(HubCache cache)
    {
        var model = cache.Model;
        if (!Directory.Exists(cache.Snapshots))
            return (null, $"the cache {cache.Folder} has no model {model.Id}");
        var reference = cache.Reference(model.Revision);
        var commit = model.IsCommit ? model.Revision : File.Exists(reference) ? File.ReadAllText(reference).Trim() : null;
        if (commit is null || !HubModelName.CommitPattern.IsMatch(commit) || !Directory.Exists(cache.Snapshot(commit)))
            return (null, $"the cache {cache.Folder} has no revision '{model.Revision}' of {model.Id}{Others(cache)}");
        return Lacks(cache.Snapshot(commit)) is { } lacks
            ? (null, $"the cache {cache.Folder} has {model} only in part: {lacks}")
            : (Describe(model, commit, cache.Snapshot(commit)), "");
    }

    private static string Others(HubCache cache)
    {
        var commits = Directory.EnumerateDirectories(cache.Snapshots).Where(folder => Lacks(folder) is null)
            .Select(folder => $"{cache.Model.Id}@{Path.GetFileName(folder)}").Order(StringComparer.Ordinal).ToList();
        return commits.Count > 0 ? $", but {string.Join(", ", commits.Take(3))}" : "";
    }

    private static string? Lacks(string folder)
    {
        bool Has(string name) => RealFile.Length(Path.Combine(folder, name)) is not null;
        if (!Has("config.json") && !Has("adapter_config.json"))
            return "config.json is not there";
        if (Has("model.safetensors") || Has("adapter_model.safetensors"))
            return null;
        if (!Has(CheckpointIndex.FileName))
            return Directory.GetFiles(folder, "*.safetensors").Any(path => RealFile.Length(path) is not null) ? null : "no safetensors are there";
        try
        {
            var shards = CheckpointIndex.ShardNames(Path.Combine(folder, CheckpointIndex.FileName));
            return shards.FirstOrDefault(shard => !Has(shard)) is { } missing ? $"{missing} is not there" : null;
        }
        catch (SafeTensorsException e)
        {
            return $"its index cannot be read ({e.Message})";
        }
    }

    private static HubSnapshot Describe(HubModelName model, string commit, string folder)
    {
        var files = Directory.EnumerateFiles(folder).Where(path => RealFile.Length(path) is not null).Order(StringComparer.Ordinal).ToList();
        return new()
        {
            Model = model.Id,
            Commit = commit,
            Folder = folder,
            Files = [.. files.Select(path => Path.GetFileName(path))],
            Bytes = files.Sum(path => RealFile.Length(path) ?? 0),
        };
    }
}
