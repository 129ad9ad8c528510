namespace PeftLabs.Hub;

/// <summary>A model of the hub that lies in the cache.</summary>
public sealed record HubSnapshot
{
    /// <summary>OWNER/NAME.</summary>
    public required string Model { get; init; }

    /// <summary>The commit whose files these are.</summary>
    public required string Commit { get; init; }

    /// <summary>The folder with the files: snapshots/COMMIT within the model's folder in the cache.</summary>
    public required string Folder { get; init; }

    /// <summary>The names of the files.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Bytes of the files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes that came over the network for it; 0 where the cache had all of them.</summary>
    public long DownloadedBytes { get; init; }
}
