namespace PeftLabs.Labs.Reports;

/// <summary>A folder among the runs: a run, or one that cannot be read.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Run">The run; null where the folder is damaged.</param>
/// <param name="Damage">What is wrong with the folder, in a line; null where nothing is.</param>
public sealed record ListedRun(string Folder, StoredRun? Run, string? Damage)
{
    /// <summary>The run's id: the name of its folder.</summary>
    public string Id => Path.GetFileName(Path.TrimEndingDirectorySeparator(Folder));
}
