using System.Security.Cryptography;
using System.Text;
using PeftLabs.Hub;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Hub;

/// <summary>A server with one small model, a cache of its own, and what a pull from the one to the other says.</summary>
internal sealed class PullFixture : IDisposable, IProgress<HubProgress>
{
    public const string Model = "owner/tiny";

    private readonly TemporaryFolder _folder = new();

    public PullFixture(int weightBytes = 300_000)
    {
        Commit = Server.Add(Model).Commit("main", Files(weightBytes));
        // The user's own folder may hold a token.
        Options = new HubOptions(name => name == "HOME" ? _folder.Path : null)
        {
            Endpoint = Server.Endpoint,
            CacheFolder = Path.Combine(_folder.Path, "hub"),
            Token = null,
            FirstBackoff = TimeSpan.FromMilliseconds(1),
            StallTimeout = TimeSpan.FromSeconds(60),
        };
    }

    public HubServer Server { get; } = new();

    public string Commit { get; }

    public HubOptions Options { get; set; }

    public List<string> Notices { get; } = [];

    public HubProgress? Last { get; private set; }

    /// <summary>Called on each report.</summary>
    public Action<HubProgress>? OnProgress { get; set; }

    public StoredFile Weights => File("model.safetensors");

    public string Repository => Path.Combine(Options.CacheFolder, "models--owner--tiny");

    public string Snapshot => Path.Combine(Repository, "snapshots", Commit);

    public StoredFile File(string name) => Server.Add(Model).Files(Commit)[name];

    public string Blob(StoredFile file) => Path.Combine(Repository, "blobs", file.Hash);

    public string Partial(StoredFile file) => Blob(file) + ".incomplete";

    /// <summary>Contents that are complete.</summary>
    public int BlobCount => Directory.GetFiles(Path.Combine(Repository, "blobs")).Count(path => !path.EndsWith(".incomplete"));

    /// <summary>The length of a file; -1 where there is none.</summary>
    public static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : -1;

    /// <summary>Waits for what happens in another process or task.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 5000, "what was waited for did not come");
            await Task.Delay(10);
        }
    }

    /// <summary>A model's files, and others that a pull should leave.</summary>
    public static (string Name, byte[] Content)[] Files(int weightBytes, int seed = 7) =>
    [
        ("README.md", "# Tiny"u8.ToArray()),
        ("config.json", Encoding.UTF8.GetBytes($$"""{"model_type": "llama", "seed": {{seed}}}""")),
        ("generation_config.json", "{}"u8.ToArray()),
        ("model.safetensors", Bytes(weightBytes, seed)),
        ("onnx/model.onnx", Bytes(500, 1)),
        ("pytorch_model.bin", Bytes(700, 2)),
        ("tokenizer.json", Bytes(9_000, 3)),
        ("tokenizer_config.json", "{}\n"u8.ToArray()),
    ];

    public static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public Task<HubSnapshot> PullAsync(string model = Model, HubOptions? options = null, CancellationToken? cancellation = null) =>
        HubModel.PullSnapshotAsync(model, options ?? Options, this, cancellation ?? TestContext.Current.CancellationToken);

    public Task<HubException> FailAsync(string model = Model, HubOptions? options = null) =>
        Assert.ThrowsAsync<HubException>(() => PullAsync(model, options));

    public void Report(HubProgress value)
    {
        if (value.Notice is { } notice)
            Notices.Add(notice);
        Last = value;
        OnProgress?.Invoke(value);
    }

    /// <summary>The snapshot has the model's files as the server has them, and nothing in the cache is what it should not be.</summary>
    public void AssertComplete()
    {
        AssertNothingCorrupt();
        string[] wanted = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];
        Assert.Equal(wanted, Directory.GetFiles(Snapshot).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        foreach (var name in wanted)
            Assert.Equal(File(name).Content, System.IO.File.ReadAllBytes(Path.Combine(Snapshot, name)));
        Assert.Equal(Commit, System.IO.File.ReadAllText(Path.Combine(Repository, "refs", "main")));
    }

    /// <summary>Every blob has the hash that is its name, every link leads to a blob, and nothing temporary is left but beginnings.</summary>
    public void AssertNothingCorrupt()
    {
        if (!Directory.Exists(Repository))
            return;
        foreach (var blob in Directory.GetFiles(Path.Combine(Repository, "blobs")).Where(path => !path.EndsWith(".incomplete")))
        {
            var (name, content) = (Path.GetFileName(blob), System.IO.File.ReadAllBytes(blob));
            Assert.Equal(name, name.Length == 40 ? StoredFile.GitHash(content) : Convert.ToHexStringLower(SHA256.HashData(content)));
        }
        foreach (var file in Directory.GetFiles(Repository, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            Assert.DoesNotContain(".tmp", file);
            if (file.Contains("/snapshots/", StringComparison.Ordinal))
                Assert.True(System.IO.File.ResolveLinkTarget(file, true) is { Exists: true }, $"{file} leads nowhere");
        }
    }

    public void Dispose()
    {
        Server.Dispose();
        _folder.Dispose();
        Assert.Empty(Server.Errors);
    }
}
