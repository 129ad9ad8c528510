namespace PeftLabs.Hub;

/// <summary>A file of a model's repository.</summary>
/// <param name="Name">Its name at the repository's top.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Hash">
/// In lower-case hexadecimal, and the blob's name in the cache: 64 digits are the SHA-256 of the content, by which large files are
/// stored (Git LFS); 40 digits are git's SHA-1 of the content as a blob.
/// </param>
internal sealed record HubFile(string Name, long Size, string Hash)
{
    /// <summary>Whether the text is such a hash.</summary>
    public static bool IsHash(string? text) => text is { Length: 40 or 64 } && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");
}
