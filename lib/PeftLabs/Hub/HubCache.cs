using PeftLabs.Formats;

namespace PeftLabs.Hub;

/// <summary>
/// A model's place in the cache that the hub's tools share (huggingface.co/docs/hub/local-cache): blobs by their hash, a snapshot of
/// relative links to them for each commit, and references that name commits.
/// </summary>
internal sealed class HubCache(string folder, HubModelName model)
{
    /// <summary>The folder of the model.</summary>
    public string Repository { get; } = Path.Combine(folder, "models--" + model.Id.Replace("/", "--", StringComparison.Ordinal));

    /// <summary>The folder of all models.</summary>
    public string Folder => folder;

    public HubModelName Model => model;

    public string Blobs => Path.Combine(Repository, "blobs");

    public string Snapshots => Path.Combine(Repository, "snapshots");

    /// <summary>A content, complete and checked.</summary>
    public string Blob(string hash) => Path.Combine(Blobs, hash);

    /// <summary>The beginning of a content.</summary>
    public string Partial(string hash) => Blob(hash) + ".incomplete";

    /// <summary>Who holds this lock downloads the content.</summary>
    public string Lock(string hash) => Path.Combine(folder, ".locks", Path.GetFileName(Repository), hash + ".lock");

    public string Snapshot(string commit) => Path.Combine(Snapshots, commit);

    /// <summary>The file that holds the commit of a branch or tag.</summary>
    public string Reference(string revision) => Path.Combine([Repository, "refs", .. revision.Split('/')]);

    /// <summary>Makes the folders that every model's has.</summary>
    public void Create()
    {
        Directory.CreateDirectory(Blobs);
        Directory.CreateDirectory(Path.Combine(Repository, "refs"));
    }

    /// <summary>Where the file's content lies: as a blob, or, where the disk takes no links, in the snapshot; null where it is not there.</summary>
    public string? Content(HubFile file, string commit)
    {
        string[] places = [Blob(file.Hash), Path.Combine(Snapshot(commit), file.Name)];
        return Array.Find(places, place => RealFile.Length(place) == file.Size);
    }

    /// <summary>The bytes of a file that are still to come.</summary>
    public long Missing(HubFile file, string commit) =>
        Content(file, commit) is not null ? 0 : file.Size - Math.Min(file.Size, RealFile.Length(Partial(file.Hash)) ?? 0);

    /// <summary>Makes a complete and checked partial the blob.</summary>
    public void Place(HubFile file) => File.Move(Partial(file.Hash), Blob(file.Hash), overwrite: true);

    /// <summary>Puts the file into the commit's snapshot, at once or not at all.</summary>
    public void Link(HubFile file, string commit)
    {
        var pointer = Path.Combine(Directory.CreateDirectory(Snapshot(commit)).FullName, file.Name);
        if (IsLinked(pointer, file))
            return;
        var temporary = Path.Combine(Snapshot(commit), $".{file.Name}.{Path.GetRandomFileName()}.tmp");
        try
        {
            File.CreateSymbolicLink(temporary, Path.Combine("..", "..", "blobs", file.Hash));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !DiskSpace.IsFull(e))
        {
            // No links on this disk, or not for this user, as on Windows: the content itself lies in the snapshot, as the layout says.
            Copy(file, temporary);
        }
        File.Move(temporary, pointer, overwrite: true);
    }

    /// <summary>Remembers the commit that the asked revision is now.</summary>
    public void Refer(string commit)
    {
        if (model.IsCommit)
            return;
        var reference = Reference(model.Revision);
        if (File.Exists(reference) && File.ReadAllText(reference) == commit)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(reference)!);
        AtomicFile.WriteText(reference, commit);
    }

    private static bool IsLinked(string pointer, HubFile file) => RealFile.Length(pointer) == file.Size
        && (new FileInfo(pointer).LinkTarget is not { } target || Path.GetFileName(target) == file.Hash);

    // Large files are moved, not to lie there twice.
    private void Copy(HubFile file, string to)
    {
        if (file.Hash.Length == 64)
            File.Move(Blob(file.Hash), to);
        else
            File.Copy(Blob(file.Hash), to);
    }
}
