namespace PeftLabs.Hub;

/// <summary>Where a model lies that is named by a folder, or as the hub names it.</summary>
public static class ModelLocation
{
    /// <summary>
    /// The folder itself where there is one; else the cached snapshot of the model of that name, OWNER/NAME or OWNER/NAME@revision.
    /// Nothing is downloaded.
    /// </summary>
    /// <exception cref="HubException">There is neither; the message says how to get the model.</exception>
    public static string Find(string nameOrFolder) => Find(nameOrFolder, new HubEnvironment(Environment.GetEnvironmentVariable).CacheFolder);

    /// <summary>The folder as <see cref="Find(string)"/> gives it; null where there is neither.</summary>
    public static string? TryFind(string nameOrFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrFolder);
        if (Path.Exists(nameOrFolder))
            return nameOrFolder;
        var cache = Path.GetFullPath(new HubEnvironment(Environment.GetEnvironmentVariable).CacheFolder);
        return HubModelName.TryParse(nameOrFolder, out var model) ? CachedModel.Find(new HubCache(cache, model)).Snapshot?.Folder : null;
    }

    /// <summary>
    /// What a model's folder is called: OWNER/NAME for a snapshot in a cache of the hub's, with the commit behind an @ where it is asked
    /// for; otherwise the folder's own name.
    /// </summary>
    public static string NameOf(string folder, bool withCommit = false)
    {
        var parts = folder.TrimEnd('/', '\\').Split('/', '\\');
        const string Prefix = "models--";
        return parts is [.., var repository, "snapshots", var commit] && repository.StartsWith(Prefix, StringComparison.Ordinal)
            ? repository[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal) + (withCommit ? $"@{commit}" : "")
            : parts[^1];
    }

    /// <summary>The same with a cache folder other than the environment's.</summary>
    /// <exception cref="HubException">There is neither; the message says how to get the model.</exception>
    public static string Find(string nameOrFolder, string cacheFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrFolder);
        if (Path.Exists(nameOrFolder))
            return nameOrFolder;
        if (!HubModelName.TryParse(nameOrFolder, out var model))
        {
            throw new HubException(
                HubFailure.NotCached, $"There is no folder '{nameOrFolder}', and it is no model's name on the hub either (OWNER/NAME).");
        }
        var (snapshot, reason) = CachedModel.Find(new HubCache(Path.GetFullPath(cacheFolder), model));
        return snapshot?.Folder ?? throw new HubException(
            HubFailure.NotCached, $"There is no folder '{nameOrFolder}', and {reason}. `./lab pull {model}` downloads it.");
    }
}
