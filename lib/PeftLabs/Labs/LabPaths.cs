namespace PeftLabs.Labs;

/// <summary>Where the labs keep what they make.</summary>
public static class LabPaths
{
    /// <summary>The repository's root: the nearest folder, from the program or the current one upwards, that holds PeftLabs.sln.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory) ?? Find(Environment.CurrentDirectory) ?? Environment.CurrentDirectory;

    /// <summary>Made, not kept: models trained on this machine.</summary>
    public static string Models => Path.Combine(Root, "artifacts", "models");

    /// <summary>Made, not kept: the token caches of data files.</summary>
    public static string Tokens => Path.Combine(Root, "artifacts", "tokens");

    /// <summary>The records of all runs.</summary>
    public static string Runs => Path.Combine(Root, "runs");

    /// <summary>The examples of the tasks, a folder a task.</summary>
    public static string Tasks => Path.Combine(Root, "data", "tasks");

    private static string? Find(string from)
    {
        var folder = new DirectoryInfo(from);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PeftLabs.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }
}
