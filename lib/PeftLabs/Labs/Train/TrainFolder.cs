using PeftLabs.Formats;

namespace PeftLabs.Labs;

/// <summary>The folder of what is trained, and the one of the checkpoints beside it; what an earlier run left is not lost by mistake.</summary>
internal sealed class TrainFolder
{
    /// <summary>The described run, in the folder; where it is, the folder is one of ours.</summary>
    public const string ConfigName = "train.yaml";

    private readonly string _folder;
    private readonly bool _replaces;

    /// <exception cref="IOException">Something lies there that was neither to be replaced nor to be gone on from.</exception>
    public TrainFolder(string folder, bool resume, bool overwrite)
    {
        if (resume && overwrite)
            throw new ArgumentException("A run either goes on from its checkpoints or begins anew: leave one of resume and overwrite out.");
        (_folder, _replaces) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), resume || overwrite);
        Refuse();
        if (overwrite)
            RemoveCheckpoints();
    }

    /// <summary>The folder of the checkpoints.</summary>
    public string Checkpoints => $"{_folder}.checkpoints";

    /// <summary>Throws where the folder cannot be made, so that it is known before anything is trained.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public void RequireWritable() => Begin().Dispose();

    /// <summary>Begins the folder; an earlier run's stays until this one is whole.</summary>
    public AtomicFolder Begin()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder)!);
        return new(_folder, _replaces);
    }

    /// <summary>Removes the checkpoints.</summary>
    public void RemoveCheckpoints()
    {
        if (Directory.Exists(Checkpoints))
            Directory.Delete(Checkpoints, recursive: true);
    }

    private void Refuse()
    {
        if (File.Exists(_folder))
            throw new IOException($"{_folder} is a file; the output is a folder.");
        if (Directory.Exists(_folder) && Directory.EnumerateFileSystemEntries(_folder).FirstOrDefault() is { } entry)
        {
            if (!_replaces)
                throw new IOException($"{_folder} holds '{Path.GetFileName(entry)}' already: --overwrite begins anew and replaces it, --resume goes on "
                    + "from its checkpoints, and another folder leaves it as it is. Nothing was run.");
            if (!File.Exists(Path.Combine(_folder, ConfigName)))
                throw new IOException($"{_folder} has no {ConfigName}, so no run of ours wrote it, and it is not replaced: give another folder.");
        }
        if (!_replaces && Directory.Exists(Checkpoints) && Directory.EnumerateDirectories(Checkpoints).Any())
            throw new IOException($"{Checkpoints} holds the checkpoints of a run that was interrupted or whose output is gone: --resume goes on from them, "
                + "--overwrite begins anew. Nothing was run.");
    }
}
