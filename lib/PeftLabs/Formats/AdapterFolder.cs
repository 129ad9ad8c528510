namespace PeftLabs.Formats;

/// <summary>The folder of an adapter: what must be in it, and how it comes into being.</summary>
internal static class AdapterFolder
{
    public static string Existing(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (File.Exists(path))
            return path;
        if (!Directory.Exists(folder))
            throw new AdapterFormatException($"there is no such folder; one with {name} is wanted.", folder);
        var names = new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        throw new AdapterFormatException(names.Contains("adapter_model.bin")
            ? "adapter_model.bin is a pickle, and loading a pickle can run any code that its author put there, so it is not read. Save "
                + "the adapter again with a current PEFT, which writes adapter_model.safetensors."
            : $"the folder has no {name}; it has {(names.Count == 0 ? "nothing" : string.Join(", ", names.Take(12)))}.", folder);
    }

    /// <summary>
    /// Lets <paramref name="write"/> fill a new folder beside the target, which then takes its name, or the target itself if it exists.
    /// </summary>
    public static void Write(string folder, Action<string> write)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(target))
        {
            write(target);
            return;
        }
        var parent = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);
        var temporary = Path.Combine(parent, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
        Directory.CreateDirectory(temporary);
        try
        {
            write(temporary);
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }
}
