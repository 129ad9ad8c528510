namespace PeftLabs.Labs;

/// <summary>A file of data.</summary>
/// <param name="Path">Where it lies: in the working folder, or else in the repository. In a record it is relative to the latter.</param>
public sealed record DataFile(string Path)
{
    /// <summary>
    /// <see cref="ContentHash"/> of what it holds, in a record always; where it is given, a file that holds something else is refused. Null
    /// takes the file as it is.
    /// </summary>
    public string? Hash { get; init; }

    /// <summary>The file on this machine.</summary>
    internal string Located => PortablePath.Locate(Path);

    internal DataFile Portable() => this with { Path = PortablePath.InRepository(Located) };

    /// <summary>The file with the hash of what it holds.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It holds something else than was recorded.</exception>
    internal DataFile Checked()
    {
        if (Directory.Exists(Located))
            throw new FileNotFoundException($"The data file '{Path}' is a folder; a file is wanted.", Path);
        if (!File.Exists(Located))
            throw new FileNotFoundException($"The data file '{Path}' does not exist.", Path);
        var hash = ContentHash.Of(Located);
        return Hash is null || Hash == hash ? this with { Hash = hash } : throw new InvalidDataException(
            $"The data file '{Path}' is another now: its hash was {Hash} and is {hash}. Bring it back as it was, or make a new run.");
    }
}
