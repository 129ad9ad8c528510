using System.Text;
using PeftLabs.Formats;
using PeftLabs.Hub;

namespace PeftLabs.Tests.Hub;

public sealed class HubPullTests : IDisposable
{
    private readonly PullFixture _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task Pull_places_the_needed_files_as_the_shared_cache_has_them()
    {
        var pulled = await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Equal(_hub.Snapshot, pulled.Folder);
        Assert.Equal(_hub.Commit, pulled.Commit);
        Assert.Equal(5, pulled.Files.Count);
        Assert.Equal(pulled.Bytes, pulled.DownloadedBytes);
        Assert.Equal($"../../blobs/{_hub.Weights.Sha256}", new FileInfo(Path.Combine(_hub.Snapshot, "model.safetensors")).LinkTarget);
        Assert.Equal($"../../blobs/{_hub.File("config.json").GitId}", new FileInfo(Path.Combine(_hub.Snapshot, "config.json")).LinkTarget);
        Assert.True(File.Exists(Path.Combine(_hub.Options.CacheFolder, ".locks", "models--owner--tiny", $"{_hub.Weights.Sha256}.lock")));
        Assert.DoesNotContain(
            _hub.Server.Requests, seen => seen.Path.Contains("README") || seen.Path.Contains(".bin") || seen.Path.Contains("onnx"));
    }

    [Fact]
    public async Task Pull_again_asks_only_for_the_list()
    {
        await _hub.PullAsync();
        _hub.Server.Requests.Clear();

        var again = await _hub.PullAsync();

        Assert.Equal($"/api/models/{PullFixture.Model}/revision/main", Assert.Single(_hub.Server.Requests).Path);
        Assert.Equal(0, again.DownloadedBytes);
        Assert.Equal((again.Bytes, 5, 5), (_hub.Last!.Done, _hub.Last.FilesDone, _hub.Last.Files));
    }

    [Fact]
    public async Task Another_commit_downloads_what_changed()
    {
        await _hub.PullAsync();
        var tagged = _hub.Server.Add(PullFixture.Model).Commit(
            "v2/rc.1", [.. PullFixture.Files(300_000)[..^1], ("tokenizer_config.json", "{\"new\": 1}"u8.ToArray())]);

        var pulled = await _hub.PullAsync($"{PullFixture.Model}@v2/rc.1");

        Assert.Equal((tagged, 10), (pulled.Commit, (int)pulled.DownloadedBytes));
        Assert.Equal(tagged, File.ReadAllText(Path.Combine(_hub.Repository, "refs", "v2", "rc.1")));
        _hub.AssertComplete();
        Assert.Equal(pulled.Folder, (await _hub.PullAsync($"{PullFixture.Model}@{tagged}")).Folder);
        Assert.False(File.Exists(Path.Combine(_hub.Repository, "refs", tagged)));
    }

    [Fact]
    public async Task A_branch_that_moves_is_followed()
    {
        await _hub.PullAsync();
        var newer = _hub.Server.Add(PullFixture.Model).Commit("main", PullFixture.Files(1000, seed: 9));

        Assert.Equal(newer, (await _hub.PullAsync()).Commit);
        Assert.Equal(newer, File.ReadAllText(Path.Combine(_hub.Repository, "refs", "main")));
        _hub.AssertNothingCorrupt();
    }

    [Fact]
    public async Task A_model_without_an_owner_and_a_renamed_one_are_found()
    {
        _hub.Server.Add("tiny").MovedTo = PullFixture.Model;

        var pulled = await _hub.PullAsync("tiny", _hub.Options with { Token = new(HubServer.Token) });

        Assert.Equal(Path.Combine(_hub.Options.CacheFolder, "models--tiny", "snapshots", _hub.Commit), pulled.Folder);
        Assert.All(_hub.Server.Requests.Where(seen => seen.OfHub), seen => Assert.Equal($"Bearer {HubServer.Token}", seen.Authorization));
    }

    [Fact]
    public async Task Shards_are_those_that_the_index_names()
    {
        var index = Encoding.UTF8.GetBytes(
            """{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}""");
        _hub.Server.Add("owner/large").Commit("main", ("config.json", "{}"u8.ToArray()), ("model.safetensors.index.json", index),
            ("model-00001-of-00002.safetensors", PullFixture.Bytes(5000, 1)), ("model-00002-of-00002.safetensors", PullFixture.Bytes(6000, 2)),
            ("consolidated.safetensors", PullFixture.Bytes(11_000, 3)));

        var pulled = await _hub.PullAsync("owner/large");

        string[] wanted =
            ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"];
        Assert.Equal(wanted, pulled.Files);
        Assert.Equal(pulled.Bytes, pulled.DownloadedBytes);
        Assert.Equal((pulled.Bytes, pulled.Bytes, 4), (_hub.Last!.Done, _hub.Last.Total, _hub.Last.Files));
    }

    [Fact]
    public async Task A_disk_that_takes_no_links_keeps_the_index_in_the_snapshot_and_is_pulled_to_again()
    {
        _hub.Server.Add("owner/large").Commit("main", ("config.json", "{}"u8.ToArray()), ("x.safetensors", [1]),
            ("model.safetensors.index.json", "{\"weight_map\": {\"x\": \"x.safetensors\"}}"u8.ToArray()));
        var pulled = await _hub.PullAsync("owner/large");
        // What is left where contents are moved instead of linked.
        foreach (var file in pulled.Files.Select(name => Path.Combine(pulled.Folder, name)))
        {
            var blob = File.ResolveLinkTarget(file, true)!.FullName;
            File.Delete(file);
            File.Move(blob, file);
        }

        var again = await _hub.PullAsync("owner/large");

        Assert.Equal(pulled.Files, again.Files);
        Assert.Equal(0, again.DownloadedBytes);
    }

    [Fact]
    public async Task A_licence_comes_with_the_model()
    {
        _hub.Server.Add("owner/free").Commit("main",
            ("config.json", "{}"u8.ToArray()), ("LICENSE", "Free."u8.ToArray()), ("NOTICE", "By us."u8.ToArray()), ("model.safetensors", [1]));

        Assert.Equal(["LICENSE", "NOTICE", "config.json", "model.safetensors"], (await _hub.PullAsync("owner/free")).Files);
    }

    [Fact]
    public async Task Mirrors_that_list_names_alone_are_asked_for_each_file()
    {
        _hub.Server.Add(PullFixture.Model).Listing = json => System.Text.RegularExpressions.Regex.Replace(json,
            "\"rfilename\":(\"[^\"]*\")[^{}]*(\\{[^}]*\\})?\\}", "\"rfilename\":$1}");

        await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Equal(5, _hub.Server.Requests.Count(seen => seen.Method == "HEAD"));
        Assert.DoesNotContain(_hub.Server.Requests, seen => seen is { Method: "HEAD", OfHub: false });
    }

    [Fact]
    public async Task Equal_files_are_downloaded_once()
    {
        _hub.Server.Add("owner/adapter").Commit("main", ("adapter_config.json", "{}"u8.ToArray()), ("tokenizer_config.json", "{}"u8.ToArray()),
            ("adapter_model.safetensors", PullFixture.Bytes(100, 1)));

        var pulled = await _hub.PullAsync("owner/adapter");

        Assert.Equal((3, 104, 102), (pulled.Files.Count, (int)pulled.Bytes, (int)pulled.DownloadedBytes));
        Assert.Equal("{}", File.ReadAllText(Path.Combine(pulled.Folder, "tokenizer_config.json")));
    }

    [Fact]
    public async Task A_file_of_no_bytes_is_a_file()
    {
        _hub.Server.Add("owner/empty").Commit("main", ("config.json", "{}"u8.ToArray()), ("merges.txt", []), ("model.safetensors", [1]));

        var pulled = await _hub.PullAsync("owner/empty");

        Assert.Empty(File.ReadAllBytes(Path.Combine(pulled.Folder, "merges.txt")));
        Assert.Equal("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", Path.GetFileName(new FileInfo(Path.Combine(pulled.Folder, "merges.txt")).LinkTarget));
    }

    [Fact]
    public async Task A_snapshot_of_links_is_read_like_a_folder_of_files()
    {
        var files = Directory.GetFiles(Shared.Fixture("models", "llama")).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)));
        _hub.Server.Add("owner/llama").Commit("main", [.. files]);

        using var linked = Checkpoint.Open((await _hub.PullAsync("owner/llama")).Folder);

        using var plain = Checkpoint.Open(Shared.Fixture("models", "llama"));
        Assert.Equal((plain.TotalBytes, plain.Sha256()), (linked.TotalBytes, linked.Sha256()));
    }

    [Fact]
    public async Task A_blob_of_another_length_is_replaced()
    {
        await _hub.PullAsync();
        File.WriteAllText(_hub.Blob(_hub.Weights), "short");

        await _hub.PullAsync();

        _hub.AssertComplete();
    }

    [Fact]
    public async Task Progress_counts_every_byte_once()
    {
        var highest = 0L;
        _hub.OnProgress = progress => highest = Math.Max(highest, progress.Done);
        _hub.Server.Fail("model.safetensors", new HubFault.Cut(200_000), new HubFault.NoRanges());

        var pulled = await _hub.PullAsync();

        Assert.Equal(pulled.Bytes, _hub.Last!.Done);
        Assert.Equal(pulled.Bytes, highest);
        Assert.Equal(pulled.Bytes, _hub.Last.Total);
        Assert.True(pulled.DownloadedBytes >= pulled.Bytes + 100_000, "what was downloaded twice counts twice as downloaded");
    }
}
