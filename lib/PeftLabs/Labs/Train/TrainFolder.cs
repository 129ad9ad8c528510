using PeftLabs.Formats;

namespace PeftLabs.Labs;

/// <summary>The folder of what is trained, and the one of the checkpoints beside it; what an earlier run left is not lost by mistake.</summary>
internal sealed class TrainFolder
{
    /// <summary>The described run, in the folder; where it is, the folder is one of ours.</summary>
    public const string ConfigName = "train.yaml";

    private readonly string _folder;
    private readonly bool _resumes, _overwrites;

    /// <exception cref="IOException">Something lies there that was neither to be replaced nor to be gone on from.</exception>
    public TrainFolder(string folder, bool resume, bool overwrite)
    {
        if (resume && overwrite)
            throw new ArgumentException("A run either goes on from its checkpoints or begins anew: leave one of resume and overwrite out.");
        (_folder, _resumes, _overwrites) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), resume, overwrite);
        Refuse();
    }

    /// <summary>The folder of the checkpoints.</summary>
    public string Checkpoints => $"{_folder}.checkpoints";

    /// <summary>
    /// Makes ready for a run of which all is known to be right: sees that the folder can be made, and only then forgets the checkpoints of a
    /// run that this one takes the place of.
    /// </summary>
    /// <param name="merged">The folder of the merged model; null for none.</param>
    /// <exception cref="IOException">The folder cannot be made, or the merged model's is not free.</exception>
    public void Prepare(string? merged)
    {
        try
        {
            Begin().Dispose();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"The output {_folder} cannot be made: {e.Message} Nothing was run.", e);
        }
        if (merged is not null)
            RequireFree(merged);
        if (_overwrites)
            RemoveCheckpoints();
    }

    /// <summary>Begins the folder; an earlier run's stays until this one is whole.</summary>
    public AtomicFolder Begin()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder)!);
        return new(_folder, _resumes || _overwrites);
    }

    /// <summary>Removes the checkpoints.</summary>
    public void RemoveCheckpoints()
    {
        if (Directory.Exists(Checkpoints))
            Directory.Delete(Checkpoints, recursive: true);
    }

    private bool HasCheckpoints => Directory.Exists(Checkpoints) && Directory.EnumerateDirectories(Checkpoints).Any();

    // What lies within the output goes with it.
    private void RequireFree(string merged)
    {
        var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(merged));
        if (place == _folder)
            throw new IOException($"The merged model and the adapter are both to go into {_folder}: give two folders. Nothing was run.");
        if (!place.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            new AtomicFolder(place).Dispose();
    }

    private void Refuse()
    {
        if (File.Exists(_folder))
            throw new IOException($"{_folder} is a file; the output is a folder.");
        if (Directory.Exists(_folder) && Directory.EnumerateFileSystemEntries(_folder).FirstOrDefault() is { } entry)
        {
            if (!_resumes && !_overwrites)
                throw new IOException($"{_folder} holds '{Path.GetFileName(entry)}' already: --overwrite begins anew and replaces it, --resume goes on "
                    + "from its checkpoints, and another folder leaves it as it is. Nothing was run.");
            if (!File.Exists(Path.Combine(_folder, ConfigName)))
                throw new IOException($"{_folder} has no {ConfigName}, so no run of ours wrote it, and it is not replaced: give another folder.");
            if (_resumes && !HasCheckpoints)
                throw new IOException($"{_folder} holds a run that came to its end, and there are no checkpoints in {Checkpoints} to go on from: "
                    + "--overwrite begins anew and replaces it. Nothing was run.");
        }
        if (!_resumes && !_overwrites && HasCheckpoints)
            throw new IOException($"{Checkpoints} holds the checkpoints of a run that was interrupted or whose output is gone: --resume goes on from them, "
                + "--overwrite begins anew. Nothing was run.");
    }
}
