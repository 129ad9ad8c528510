using System.Text;
using PeftLabs.Hub;

namespace PeftLabs.Tests.Hub;

public sealed class HubRefusalTests : IDisposable
{
    private readonly PullFixture _hub = new(weightBytes: 1_000);

    private string Endpoint => _hub.Server.Endpoint.AbsoluteUri;

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task A_wait_that_the_hub_asks_for_is_waited_and_said()
    {
        _hub.Server.Fail("config.json", new HubFault.Status(429, "Retry-After: 1"));

        await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Equal("config.json: the hub says that there are too many requests (429); again in 1.0 s", Assert.Single(_hub.Notices));
    }

    [Theory]
    [InlineData("Retry-After: 900", "15 min")]
    [InlineData("RateLimit: \"resolvers\";r=0;t=300", "5 min")]
    public async Task A_wait_longer_than_the_longest_is_an_error_that_says_so(string header, string wait)
    {
        _hub.Options = _hub.Options with { LongestWait = TimeSpan.FromMinutes(2) };
        _hub.Server.Fail("list", new HubFault.Status(429, header));

        var error = await _hub.FailAsync();

        Assert.Equal(HubFailure.RateLimited, error.Failure);
        Assert.Contains($"asks to come back in {wait}; with the waits before, that is longer than the 2 min of LongestWait", error.Message);
        Assert.Contains("with a token in HF_TOKEN the hub allows more", error.Message);
    }

    [Fact]
    public async Task A_server_that_always_says_at_once_is_not_asked_for_ever()
    {
        _hub.Options = _hub.Options with { LongestWait = TimeSpan.FromMilliseconds(20) };
        for (var i = 0; i < 30; i++)
            _hub.Server.Fail("list", new HubFault.Status(429, "Retry-After: 0"));

        Assert.Equal(HubFailure.RateLimited, (await _hub.FailAsync()).Failure);
        Assert.Equal(21, _hub.Server.Requests.Count);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        _hub.Server.Fail("list", new HubFault.Status(429, "Retry-After: 300"));
        using var cancel = new CancellationTokenSource();
        _hub.OnProgress = _ => cancel.CancelAfter(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _hub.PullAsync(cancellation: cancel.Token));
    }

    [Fact]
    public async Task A_failing_server_is_asked_again_and_then_given_up()
    {
        _hub.Server.Fail("list", new HubFault.Status(500), new HubFault.Status(502));
        await _hub.PullAsync();
        Assert.Equal(2, _hub.Notices.Count);
        for (var i = 0; i < 6; i++)
            _hub.Server.Fail("list", new HubFault.Status(503));

        var error = await _hub.FailAsync();

        Assert.Equal(HubFailure.ServerError, error.Failure);
        Assert.Contains("the hub fails with 503, 6 times in a row", error.Message);
        Assert.Contains($"The cache has {PullFixture.Model} at commit {_hub.Commit}; --offline answers with that.", error.Message);
    }

    [Fact]
    public async Task Signed_addresses_that_have_expired_are_asked_for_anew()
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Status(403));

        await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Contains("127.0.0.1 answers 403", Assert.Single(_hub.Notices));
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_nowhere_else()
    {
        var token = new HubToken(HubServer.Token, "HF_TOKEN");
        _hub.Server.Add(PullFixture.Model).GatedFor = HubServer.Token;

        await _hub.PullAsync(options: _hub.Options with { Token = token });

        _hub.AssertComplete();
        Assert.All(_hub.Server.Requests, seen => Assert.Equal(seen.OfHub ? $"Bearer {HubServer.Token}" : null, seen.Authorization));
        Assert.Contains(_hub.Server.Requests, seen => !seen.OfHub);
        Assert.DoesNotContain("Secret", $"{token} {_hub.Options with { Token = token }}");
    }

    [Theory]
    [InlineData("hf_Secret OfTheTests")]
    [InlineData("hf_SecretOfTheTests\n x")]
    [InlineData(" ")]
    public void A_token_that_is_none_is_refused_without_being_shown(string value)
    {
        var error = Assert.Throws<ArgumentException>(() => new HubToken(value, "HF_TOKEN"));
        Assert.Contains("The token from HF_TOKEN is empty or has characters that no token has", error.Message);
        Assert.DoesNotContain("Secret", error.Message);
    }

    [Fact]
    public async Task A_gated_model_says_where_to_accept()
    {
        _hub.Server.Add(PullFixture.Model).GatedFor = HubServer.Token;

        var error = await _hub.FailAsync();
        Assert.Equal(HubFailure.Gated, error.Failure);
        Assert.Contains($"owner/tiny is gated: accept its terms at {Endpoint}owner/tiny, then set HF_TOKEN to a token", error.Message);

        error = await _hub.FailAsync(options: _hub.Options with { Token = new(HubServer.Token + "2", "HF_TOKEN") });
        Assert.Equal(HubFailure.Gated, error.Failure);
        Assert.Contains($"the account of the token from HF_TOKEN has not been let in. Accept its terms at {Endpoint}owner/tiny", error.Message);
        Assert.Contains("The hub says: \"Access to model owner/tiny is restricted.\"", error.Message);
        Assert.DoesNotContain("Secret", error.ToString());
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        var token = _hub.Options with { Token = new(HubServer.Token, "HF_TOKEN") };
        Assert.Contains("The hub has no model owner/none, or it is private.", (await _hub.FailAsync("owner/none")).Message);
        Assert.Contains("The hub has no model owner/none that the token from HF_TOKEN may see", (await _hub.FailAsync("owner/none", token)).Message);
        var revision = await _hub.FailAsync("owner/tiny@v9");
        Assert.Equal(HubFailure.NotFound, revision.Failure);
        Assert.Contains($"owner/tiny has no revision 'v9'; {Endpoint}owner/tiny/tree/main lists what it has", revision.Message);
        _hub.Server.Fail("config.json", new HubFault.Status(404, "X-Error-Code: EntryNotFound"));
        Assert.Contains("config.json: there is no such file in owner/tiny", (await _hub.FailAsync()).Message);
    }

    [Fact]
    public async Task A_wrong_token_is_told_by_where_it_came_from()
    {
        var error = await _hub.FailAsync(options: _hub.Options with { Token = new("hf_wrongSecret", "/home/me/token") });

        Assert.Equal(HubFailure.Unauthorized, error.Failure);
        Assert.Contains("the hub refuses the token from /home/me/token (401)", error.Message);
        Assert.DoesNotContain("Secret", error.ToString());
    }

    [Fact]
    public async Task What_the_hub_says_shows_no_token_and_no_control_characters()
    {
        _hub.Server.Fail("list", new HubFault.Status(403, $"X-Error-Message: no,\t{HubServer.Token}!"));

        var error = await _hub.FailAsync(options: _hub.Options with { Token = new(HubServer.Token, "HF_TOKEN") });

        Assert.Contains("denies access (403) to the token from HF_TOKEN", error.Message);
        Assert.Contains("The hub says: \"no,***!\"", error.Message);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x", "redirects to an address that is not https")]
    [InlineData("/owner/tiny/resolve/main/again", null)]
    public async Task Redirects_that_lead_nowhere_end(string location, string? says)
    {
        for (var i = 0; i < 12; i++)
            _hub.Server.Fail("config.json", new HubFault.Redirect(says is null ? $"/owner/tiny/resolve/{_hub.Commit}/config.json" : location));

        Assert.Contains(says ?? "it is redirected more than 10 times", (await _hub.FailAsync()).Message);
    }

    [Fact]
    public async Task Nothing_that_answers_is_told_at_once()
    {
        var nobody = _hub.Options with { Endpoint = new("http://127.0.0.1:1") };
        var error = await _hub.FailAsync(options: nobody);
        Assert.Equal(HubFailure.Unreachable, error.Failure);
        Assert.Contains("http://127.0.0.1:1 cannot be reached (Connection refused", error.Message);
        Assert.Contains("Look at the network, and at HF_ENDPOINT if it is set.", error.Message);
        Assert.Empty(_hub.Notices);

        await _hub.PullAsync();
        Assert.Contains($"The cache has owner/tiny at commit {_hub.Commit}; --offline", (await _hub.FailAsync(options: nobody)).Message);
    }

    [Theory]
    [InlineData("\"sha\":\"", "\"sha\":\"../../x", "names no commit")]
    [InlineData("{", "<html>", "not a hub's list of files")]
    [InlineData("\"siblings\"", "\"other\"", "not a hub's list of files")]
    public async Task A_list_that_is_none_is_refused(string found, string replaced, string says)
    {
        _hub.Server.Add(PullFixture.Model).Listing = json => json.Replace(found, replaced);

        var error = await _hub.FailAsync();

        Assert.Equal(HubFailure.BadAnswer, error.Failure);
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public async Task Names_and_hashes_that_lead_out_of_the_cache_are_not_followed()
    {
        _hub.Server.Add(PullFixture.Model).Listing = json => json
            .Replace("\"tokenizer.json\"", "\"../../../tokenizer.json\"")
            .Replace(_hub.Weights.Sha256, "../../../../outside");

        var pulled = await _hub.PullAsync();

        Assert.Equal(["config.json", "generation_config.json", "model.safetensors", "tokenizer_config.json"], pulled.Files);
        _hub.AssertNothingCorrupt();
        Assert.Equal(_hub.Weights.Content, File.ReadAllBytes(Path.Combine(pulled.Folder, "model.safetensors")));
        Assert.Equal(["hub"], Directory.GetFileSystemEntries(Path.GetDirectoryName(_hub.Options.CacheFolder)!).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task Pickles_alone_are_refused_by_name()
    {
        _hub.Server.Add("owner/old").Commit("main", ("config.json", "{}"u8.ToArray()), ("pytorch_model.bin", [1]));

        var error = await _hub.FailAsync("owner/old");

        Assert.Equal(HubFailure.NoSafeWeights, error.Failure);
        Assert.Contains("owner/old has its weights only as pickles (pytorch_model.bin)", error.Message);
        Assert.DoesNotContain(_hub.Server.Requests, seen => seen.Path.Contains("resolve"));
    }

    [Theory]
    [InlineData("<html>", "owner/other cannot be read, so its weights were not pulled: model.safetensors.index.json: the index is not valid JSON")]
    [InlineData("{}", "model.safetensors.index.json: there is no object weight_map")]
    [InlineData("{\"weight_map\": {\"x\": \"../a.safetensors\"}}", "model.safetensors.index.json, tensor 'x': weight_map gives it '../a.safetensors'")]
    public async Task A_broken_index_is_named_and_not_its_blob(string index, string says)
    {
        _hub.Server.Add("owner/other").Commit("main",
            ("config.json", "{}"u8.ToArray()), ("model.safetensors.index.json", Encoding.UTF8.GetBytes(index)), ("a.safetensors", [1]));

        var error = await _hub.FailAsync("owner/other");

        Assert.Equal(HubFailure.NoSafeWeights, error.Failure);
        Assert.Contains(says, error.Message);
        Assert.DoesNotContain("blobs", error.Message);
    }

    [Theory]
    [InlineData("config.json", "model.Q4_K_M.gguf", "it has no weights in safetensors. It has config.json, model.Q4_K_M.gguf.")]
    [InlineData("README.md", "data.safetensors", "it has neither config.json nor adapter_config.json")]
    [InlineData("config.json", "model.safetensors.index.json", "model.safetensors.index.json names 'a.safetensors', which the repository lacks")]
    public async Task What_is_no_model_is_refused_by_what_it_has(string first, string second, string says)
    {
        _hub.Server.Add("owner/other").Commit("main", (first, "{}"u8.ToArray()), (second, "{\"weight_map\": {\"x\": \"a.safetensors\"}}"u8.ToArray()));

        Assert.Contains(says, (await _hub.FailAsync("owner/other")).Message);
    }
}
