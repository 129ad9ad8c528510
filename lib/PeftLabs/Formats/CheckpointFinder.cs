namespace PeftLabs.Formats;

/// <summary>Finds the file with which a checkpoint begins, and refuses what is none, with the reason.</summary>
internal static class CheckpointFinder
{
    private static readonly string[] PickleExtensions = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    /// <summary>The model.safetensors or the index that <paramref name="folderOrFile"/> names or holds, as a full path.</summary>
    public static string Find(string folderOrFile)
    {
        var path = Path.GetFullPath(folderOrFile);
        if (Directory.Exists(path))
            return InFolder(path);
        if (IsPickle(path))
            throw Pickle(path, Path.GetFileName(path));
        if (!File.Exists(path))
            throw new SafeTensorsException("there is no such file or folder; a folder with model.safetensors or "
                + $"{CheckpointIndex.FileName} is wanted, or one of these files.", path);
        if (!path.EndsWith(".safetensors", StringComparison.Ordinal) && !IsIndex(path))
            throw new SafeTensorsException("its name ends neither in .safetensors nor in .safetensors.index.json.", path);
        return path;
    }

    public static bool IsIndex(string path) => path.EndsWith(".safetensors.index.json", StringComparison.Ordinal);

    private static string InFolder(string folder)
    {
        // transformers prefers the single file too.
        string[] candidates = [Path.Combine(folder, "model.safetensors"), Path.Combine(folder, CheckpointIndex.FileName)];
        if (Array.Find(candidates, File.Exists) is { } found)
            return found;
        var names = new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        if (names.Find(IsPickle) is { } pickle)
            throw Pickle(folder, pickle);
        throw new SafeTensorsException(
            $"the folder has neither model.safetensors nor {CheckpointIndex.FileName}; it has {List(names)}.", folder);
    }

    public static bool IsPickle(string path) => PickleExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static SafeTensorsException Pickle(string path, string name) => new(
        $"'{name}' is a pickle, and loading a pickle can run any code that its author put there, so it is not read. Take the model's "
        + "safetensors files if its author offers them; otherwise convert it where you trust it, in Python: "
        + "AutoModelForCausalLM.from_pretrained(folder).save_pretrained(new_folder).", path);

    private static string List(List<string> names) => names.Count == 0 ? "nothing"
        : string.Join(", ", names.Take(12)) + (names.Count > 12 ? $" and {names.Count - 12} more" : "");
}
