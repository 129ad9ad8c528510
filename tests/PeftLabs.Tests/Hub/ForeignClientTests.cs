using System.Diagnostics;
using System.Text.Json.Nodes;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Hub;

/// <summary>
/// Whether the tests' server is a faithful hub, and the cache one that other tools share, is for another client to say: npm's
/// @huggingface/hub. To repeat: `npm install @huggingface/hub` in any folder outside of the repository, and run this test with
/// PEFTLABS_HUB_NPM set to that folder.
/// </summary>
public sealed class ForeignClientTests : IDisposable
{
    private readonly PullFixture _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task The_hub_s_javascript_client_and_this_one_see_the_same_server_and_share_a_cache()
    {
        var npm = Environment.GetEnvironmentVariable("PEFTLABS_HUB_NPM");
        Assert.SkipUnless(npm is not null, "PEFTLABS_HUB_NPM names no folder with npm's @huggingface/hub");
        var gated = _hub.Server.Add("owner/gated");
        gated.Commit("main", PullFixture.Files(100));
        gated.GatedFor = HubServer.Token;
        using var its = new TemporaryFolder();
        await _hub.PullAsync();
        _hub.Server.Requests.Clear();

        var said = Run(npm, its.Path);

        Assert.Equal(_hub.Commit, (string)said["sha"]!);
        Assert.Equal(300_000, (int)said["size"]!);
        Assert.Equal(_hub.Weights.Content[1000..1016], said["part"]!.AsArray().Select(value => (byte)(int)value!));
        Assert.Null(said["missing"]);
        Assert.StartsWith("404 Repository not found", (string)said["errors"]!["repo"]!);
        Assert.StartsWith("404 Invalid rev id: v9", (string)said["errors"]!["revision"]!);
        Assert.StartsWith("401 Access to model owner/gated is restricted", (string)said["errors"]!["gated"]!);
        Assert.Equal("none", (string)said["errors"]!["admitted"]!);
        AssertItReadsOurCache(said);
        await AssertWeReadItsCacheAsync(its.Path, (string)said["snapshot"]!);
    }

    // It found our files where they are, and asked for none of them.
    private void AssertItReadsOurCache(JsonNode said)
    {
        Assert.Empty(said["warnings"]!.AsArray());
        var repository = Assert.Single(said["repos"]!.AsArray())!;
        Assert.Equal(PullFixture.Model, (string)repository["name"]!);
        var revision = Assert.Single(repository["revisions"]!.AsArray())!;
        Assert.Equal((_hub.Commit, "main", 5), ((string)revision["commit"]!, (string)revision["refs"]![0]!, (int)revision["files"]!));
        Assert.Equal(Path.Combine(_hub.Snapshot, "config.json"), (string)said["ours"]![0]!);
        // Its own snapshot, and the part of the weights.
        Assert.Equal(2, _hub.Server.Requests.Count(seen => !seen.OfHub && seen.Range is null or "bytes=1000-1015"
            && seen.Path.EndsWith(_hub.Weights.Sha256, StringComparison.Ordinal)));
    }

    private async Task AssertWeReadItsCacheAsync(string cache, string snapshot)
    {
        var pulled = await _hub.PullAsync(options: _hub.Options with { CacheFolder = cache });
        Assert.Equal(0, pulled.DownloadedBytes);
        Assert.Equal(snapshot, pulled.Folder);
        foreach (var name in pulled.Files)
        {
            Assert.Equal(new FileInfo(Path.Combine(snapshot, name)).LinkTarget, new FileInfo(Path.Combine(_hub.Snapshot, name)).LinkTarget);
            Assert.Equal(File.ReadAllBytes(Path.Combine(snapshot, name)), File.ReadAllBytes(Path.Combine(_hub.Snapshot, name)));
        }
        Assert.Equal(_hub.Commit, File.ReadAllText(Path.Combine(cache, "models--owner--tiny", "refs", "main")));
    }

    private JsonNode Run(string npm, string cache)
    {
        var script = Path.Combine(Shared.Root, "tests", "PeftLabs.Tests", "Hub", "foreign-client.cjs");
        string[] arguments = [script, Path.GetFullPath(npm), _hub.Server.Endpoint.AbsoluteUri.TrimEnd('/'), PullFixture.Model, _hub.Commit,
            HubServer.Token, cache, _hub.Options.CacheFolder];
        using var node = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = node.StandardError.ReadToEndAsync();
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, $"{error.Result} {string.Join('\n', _hub.Server.Errors)}");
        return JsonNode.Parse(output)!;
    }
}
