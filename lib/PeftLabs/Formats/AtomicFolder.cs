namespace PeftLabs.Formats;

/// <summary>
/// A new folder that appears whole or not at all: it is filled under a temporary name beside its place and renamed by
/// <see cref="Commit()"/>. Disposed without that, it leaves nothing behind.
/// </summary>
public sealed class AtomicFolder : IDisposable
{
    private readonly bool _replaces;
    private bool _committed;

    /// <summary>Starts the folder.</summary>
    /// <param name="folder">Its place.</param>
    /// <param name="replaces">Whether it takes the place of a folder that is there, which is gone once this one stands.</param>
    /// <exception cref="IOException">
    /// There is a file of that name, or a folder that is not empty and not to be replaced; or its parent cannot be written.
    /// </exception>
    public AtomicFolder(string folder, bool replaces = false)
    {
        Target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _replaces = replaces;
        RefuseTaken();
        var parent = Path.GetDirectoryName(Target) ?? throw new ArgumentException($"'{folder}' is a root and cannot be made.", nameof(folder));
        Temporary = Path.Combine(parent, $".{Path.GetFileName(Target)}.{Path.GetRandomFileName()}.tmp");
        Directory.CreateDirectory(Temporary);
    }

    /// <summary>Where the folder will be.</summary>
    public string Target { get; }

    /// <summary>Where it is filled until then.</summary>
    public string Temporary { get; }

    /// <summary>Gives the folder its name.</summary>
    /// <exception cref="IOException">The name was taken meanwhile.</exception>
    public void Commit()
    {
        RefuseTaken();
        // A move goes to no folder that exists. One that is replaced waits beside until the new one stands.
        var replaced = $"{Temporary}.old";
        if (Directory.Exists(Target) && Directory.EnumerateFileSystemEntries(Target).Any())
            Directory.Move(Target, replaced);
        else if (Directory.Exists(Target))
            Directory.Delete(Target);
        MoveIn(replaced);
        _committed = true;
        if (Directory.Exists(replaced))
            Directory.Delete(replaced, recursive: true);
    }

    // Where the new one cannot take its place, the old one comes back to it.
    private void MoveIn(string replaced)
    {
        try
        {
            Directory.Move(Temporary, Target);
        }
        catch when (Directory.Exists(replaced))
        {
            Directory.Move(replaced, Target);
            throw;
        }
    }

    /// <summary>Removes the folder unless it was committed.</summary>
    public void Dispose()
    {
        if (!_committed && Directory.Exists(Temporary))
            Directory.Delete(Temporary, recursive: true);
    }

    private void RefuseTaken()
    {
        if (File.Exists(Target))
            throw new IOException($"{Target} is a file; a new or empty folder is wanted.");
        if (!_replaces && Directory.Exists(Target) && Directory.EnumerateFileSystemEntries(Target).FirstOrDefault() is { } entry)
            throw new IOException($"{Target} exists and holds '{Path.GetFileName(entry)}'; a new or empty folder is wanted. Nothing was written.");
    }
}
