using System.Security.Cryptography;
using System.Text;

namespace PeftLabs.Tests.Hub;

/// <summary>A model's repository: commits with their files, and branches and tags that name commits.</summary>
public sealed class HubRepository(string id)
{
    private readonly Dictionary<string, Dictionary<string, StoredFile>> _commits = [];
    private readonly Dictionary<string, string> _references = [];

    public string Id => id;

    /// <summary>The token whose account has been let in; null where everyone may read.</summary>
    public string? GatedFor { get; set; }

    /// <summary>Where the repository was renamed to.</summary>
    public string? MovedTo { get; set; }

    /// <summary>Changes the answer to the request for the list of files.</summary>
    public Func<string, string>? Listing { get; set; }

    /// <summary>A commit with these files, which a branch or tag names from now on. Safetensors and models' binaries go to LFS.</summary>
    public string Commit(string reference, params (string Name, byte[] Content)[] files)
    {
        var stored = files.Select(file => new StoredFile(file.Name, file.Content,
            file.Name.EndsWith(".safetensors") || file.Name.EndsWith(".bin") || file.Name.EndsWith(".gguf"))).ToList();
        var text = string.Concat(stored.Select(file => $"{file.Name} {file.Hash}\n"));
        var commit = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
        _commits[commit] = stored.ToDictionary(file => file.Name);
        _references[reference] = commit;
        return commit;
    }

    /// <summary>The commit of a branch, tag or commit; null where there is none.</summary>
    public string? Resolve(string revision) =>
        _commits.ContainsKey(revision) ? revision : _references.GetValueOrDefault(revision == "HEAD" ? "main" : revision);

    public IReadOnlyDictionary<string, StoredFile> Files(string commit) => _commits[commit];

    public StoredFile? FindContent(string sha256) =>
        _commits.Values.SelectMany(files => files.Values).FirstOrDefault(file => file.IsLfs && file.Sha256 == sha256);
}
