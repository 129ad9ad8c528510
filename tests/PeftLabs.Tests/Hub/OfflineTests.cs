using PeftLabs.Hub;

namespace PeftLabs.Tests.Hub;

public sealed class OfflineTests : IDisposable
{
    private readonly PullFixture _hub = new(weightBytes: 1_000);

    private HubOptions Offline => _hub.Options with { Offline = true };

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task Offline_answers_from_the_cache_and_asks_nothing()
    {
        var pulled = await _hub.PullAsync();
        _hub.Server.Requests.Clear();

        var cached = await _hub.PullAsync(options: Offline);

        Assert.Equal((pulled.Folder, pulled.Commit, pulled.Bytes, 0), (cached.Folder, cached.Commit, cached.Bytes, cached.DownloadedBytes));
        Assert.Equal(pulled.Files, cached.Files);
        Assert.Equal(pulled.Folder, (await _hub.PullAsync($"{PullFixture.Model}@{_hub.Commit}", Offline)).Folder);
        Assert.Empty(_hub.Server.Requests);
    }

    [Fact]
    public async Task Offline_without_the_model_says_what_there_is()
    {
        var error = await _hub.FailAsync(options: Offline);
        Assert.Equal(HubFailure.NotCached, error.Failure);
        Assert.Contains($"Offline, and the cache {_hub.Options.CacheFolder} has no model owner/tiny. ", error.Message);
        Assert.Contains("./lab pull owner/tiny gets it", error.Message);

        await _hub.PullAsync();
        Assert.Contains($"has no revision 'v1' of owner/tiny, but owner/tiny@{_hub.Commit}", (await _hub.FailAsync("owner/tiny@v1", Offline)).Message);
        Assert.Empty(Directory.GetDirectories(_hub.Options.CacheFolder, "models--other*"));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public async Task A_snapshot_in_part_is_no_model(string missing)
    {
        await _hub.PullAsync();
        File.Delete(_hub.Blob(_hub.File(missing)));

        Assert.Contains("has owner/tiny only in part: ", (await _hub.FailAsync(options: Offline)).Message);
        await _hub.PullAsync();
        _hub.AssertComplete();
    }

    [Fact]
    public async Task A_shard_that_is_missing_is_named()
    {
        _hub.Server.Add("owner/large").Commit("main", ("config.json", "{}"u8.ToArray()), ("x.safetensors", [1]),
            ("model.safetensors.index.json", "{\"weight_map\": {\"x\": \"x.safetensors\"}}"u8.ToArray()));
        var pulled = await _hub.PullAsync("owner/large");
        File.Delete(Path.Combine(pulled.Folder, "x.safetensors"));

        Assert.Contains("only in part: x.safetensors is not there", (await _hub.FailAsync("owner/large", Offline)).Message);
    }

    [Fact]
    public async Task A_location_is_a_folder_or_a_cached_model()
    {
        var pulled = await _hub.PullAsync();
        var cache = _hub.Options.CacheFolder;

        Assert.Equal(cache, ModelLocation.Find(cache, "/nowhere"));
        Assert.Equal(pulled.Folder, ModelLocation.Find("owner/tiny", cache));
        Assert.Equal(pulled.Folder, ModelLocation.Find("owner/tiny@main", cache));
        Assert.Equal("owner/tiny", ModelLocation.NameOf(pulled.Folder));
        Assert.Equal(pulled.Folder, ModelLocation.Find(ModelLocation.NameOf(pulled.Folder, withCommit: true), cache));
        var error = Assert.Throws<HubException>(() => ModelLocation.Find("owner/small@v2", cache));
        Assert.StartsWith($"There is no folder 'owner/small@v2', and the cache {cache} has no model owner/small. ", error.Message);
        Assert.EndsWith("`./lab pull owner/small@v2` downloads it.", error.Message);
        Assert.Contains("is no model's name on the hub either", Assert.Throws<HubException>(() => ModelLocation.Find("../models/x", cache)).Message);
    }
}
