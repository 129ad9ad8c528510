namespace PeftLabs.Formats;

/// <summary>Files seen through symbolic links, with which caches of models are built; File and FileInfo tell of the link itself.</summary>
internal static class RealFile
{
    /// <summary>The length of the file that a path leads to in the end; null where it leads to none.</summary>
    public static long? Length(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
            file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        return file is { Exists: true } ? file.Length : null;
    }
}
