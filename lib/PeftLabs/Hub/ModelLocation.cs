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
