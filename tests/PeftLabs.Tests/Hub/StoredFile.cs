using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PeftLabs.Tests.Hub;

/// <summary>A file as the hub stores it: in git, or, where it is large, in Git LFS with a pointer to it in git.</summary>
public sealed record StoredFile(string Name, byte[] Content, bool IsLfs)
{
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    /// <summary>What git calls the file, or its pointer.</summary>
    public string GitId => GitHash(IsLfs ? Pointer : Content);

    /// <summary>What the file's ETag says, and the blob's name in the cache.</summary>
    public string Hash => IsLfs ? Sha256 : GitId;

    private byte[] Pointer => Encoding.UTF8.GetBytes($"version https://git-lfs.github.com/spec/v1\noid sha256:{Sha256}\nsize {Content.Length}\n");

    /// <summary>git hash-object.</summary>
    public static string GitHash(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    /// <summary>As in the list of a model's files; without <paramref name="blobs"/>, its name alone.</summary>
    public JsonObject Sibling(bool blobs)
    {
        var sibling = new JsonObject { ["rfilename"] = Name };
        if (!blobs)
            return sibling;
        sibling["size"] = Content.Length;
        sibling["blobId"] = GitId;
        if (IsLfs)
            sibling["lfs"] = new JsonObject { ["sha256"] = Sha256, ["size"] = Content.Length, ["pointerSize"] = Pointer.Length };
        return sibling;
    }

    /// <summary>As in the tree of a repository.</summary>
    public JsonObject TreeEntry(string? commit)
    {
        var entry = new JsonObject { ["type"] = "file", ["oid"] = GitId, ["size"] = Content.Length, ["path"] = Name };
        if (IsLfs)
            entry["lfs"] = new JsonObject { ["oid"] = Sha256, ["size"] = Content.Length, ["pointerSize"] = Pointer.Length };
        if (commit is not null)
            entry["lastCommit"] = new JsonObject { ["id"] = commit, ["title"] = "Files", ["date"] = "2024-01-01T00:00:00.000Z" };
        return entry;
    }
}
