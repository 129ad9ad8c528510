using PeftLabs.Hub;

namespace PeftLabs.Tests.Hub;

public sealed class HubFaultTests : IDisposable
{
    private readonly PullFixture _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task A_cut_download_goes_on_from_where_it_ended()
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Cut(100_000), new HubFault.Cut(50_000));

        var pulled = await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Equal(pulled.Bytes, pulled.DownloadedBytes);
        Assert.Equal([null, "bytes=100000-", "bytes=150000-"], _hub.Server.ContentRequests(_hub.Weights).Select(seen => seen.Range));
        Assert.Contains(_hub.Notices, notice => notice.StartsWith("model.safetensors: the connection broke; again in"));
    }

    [Fact]
    public async Task A_cancelled_download_is_kept_and_the_next_pull_goes_on_from_there()
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Stall(120_000));
        using var cancel = new CancellationTokenSource();
        var pull = _hub.PullAsync(cancellation: cancel.Token);
        // All the rest, and as much of the weights as comes.
        await PullFixture.UntilAsync(() => PullFixture.LengthOf(_hub.Partial(_hub.Weights)) == 120_000 && _hub.BlobCount == 4);
        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        Assert.Equal(120_000, new FileInfo(_hub.Partial(_hub.Weights)).Length);
        Assert.False(Directory.Exists(_hub.Snapshot), "half a snapshot can be seen");
        Assert.False(File.Exists(Path.Combine(_hub.Repository, "refs", "main")));
        Assert.Equal(180_000, (await _hub.PullAsync()).DownloadedBytes);
        Assert.Equal("bytes=120000-", _hub.Server.ContentRequests(_hub.Weights)[^1].Range);
        _hub.AssertComplete();
    }

    [Fact]
    public async Task A_wrong_hash_is_downloaded_once_more()
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Corrupt());
        _hub.Server.Fail("config.json", new HubFault.Corrupt());

        await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Equal([null, null], _hub.Server.ContentRequests(_hub.Weights).Select(seen => seen.Range));
        Assert.Equal(2, _hub.Notices.Count(notice => notice.Contains("its content has a wrong hash")));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    public async Task A_hash_that_is_wrong_twice_is_an_error_and_nothing_is_kept(string name)
    {
        _hub.Server.Fail(name, new HubFault.Corrupt(), new HubFault.Corrupt());

        var error = await _hub.FailAsync();

        Assert.Equal(HubFailure.WrongHash, error.Failure);
        Assert.StartsWith($"{name}: its content has the hash ", error.Message);
        Assert.Contains($"but the hub promises {_hub.File(name).Hash}", error.Message);
        Assert.False(File.Exists(_hub.Blob(_hub.File(name))));
        Assert.False(File.Exists(_hub.Partial(_hub.File(name))));
        Assert.False(Directory.Exists(_hub.Snapshot));
        _hub.AssertNothingCorrupt();
        await _hub.PullAsync();
        _hub.AssertComplete();
    }

    [Theory]
    [InlineData(5_000, "bytes=5000-")]
    [InlineData(300_000, null)]
    [InlineData(300_001, null)]
    public async Task A_beginning_of_another_content_does_not_stay(int length, string? range)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_hub.Partial(_hub.Weights))!);
        File.WriteAllBytes(_hub.Partial(_hub.Weights), PullFixture.Bytes(length, 99));

        await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Equal(range, _hub.Server.ContentRequests(_hub.Weights)[0].Range);
    }

    [Fact]
    public async Task Slow_bytes_are_bytes()
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Slow(10_000, 3));

        await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Empty(_hub.Notices);
    }

    [Fact]
    public async Task A_stalled_download_goes_on_over_a_new_connection()
    {
        _hub.Options = _hub.Options with { StallTimeout = TimeSpan.FromSeconds(0.5), Retries = 50 };
        _hub.Server.Fail("model.safetensors", OnEachTry(new HubFault.Stall(200_000)));

        await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Contains(_hub.Notices, notice => notice.StartsWith("model.safetensors: fewer than 512 bytes arrived in 0.5 s; again in"));
    }

    [Fact]
    public async Task A_trickle_is_a_stall()
    {
        _hub.Options = _hub.Options with { StallTimeout = TimeSpan.FromSeconds(0.5), MinimumBytesPerSecond = 1_000_000, Retries = 50 };
        _hub.Server.Fail("model.safetensors", OnEachTry(new HubFault.Slow(50_000, 400)));

        await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Contains(_hub.Notices, notice => notice.Contains("fewer than 500000 bytes arrived in 0.5 s"));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_server_that_stalls_for_ever_is_given_up_and_what_came_is_kept()
    {
        // The rest is there already, and no busy machine can make it late.
        await _hub.PullAsync();
        File.Delete(_hub.Blob(_hub.Weights));
        _hub.Options = _hub.Options with { StallTimeout = TimeSpan.FromSeconds(2), Retries = 1 };
        _hub.Server.Fail("model.safetensors", new HubFault.Stall(1_000), new HubFault.Stall(1_000), new HubFault.Stall(0), new HubFault.Stall(0));

        var error = await _hub.FailAsync();

        Assert.Equal(HubFailure.Stalled, error.Failure);
        Assert.Contains("2 times in a row. What has arrived is kept", error.Message);
        Assert.InRange(new FileInfo(_hub.Partial(_hub.Weights)).Length, 1_000, 2_000);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_all_again()
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Cut(100_000), new HubFault.NoRanges());

        await _hub.PullAsync();

        _hub.AssertComplete();
    }

    [Fact]
    public async Task Another_part_than_the_asked_one_is_not_taken()
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Cut(100_000), new HubFault.OtherRange());

        await _hub.PullAsync();

        _hub.AssertComplete();
        Assert.Contains(_hub.Notices, notice => notice.Contains("another part than the one asked for"));
    }

    [Fact]
    public async Task A_page_in_the_file_s_place_costs_nothing_of_what_has_arrived()
    {
        _hub.Options = _hub.Options with { Retries = 0 };
        _hub.Server.Fail("model.safetensors", new HubFault.Cut(0));
        await _hub.FailAsync();
        File.WriteAllBytes(_hub.Partial(_hub.Weights), _hub.Weights.Content[..70_000]);
        _hub.Server.Fail("model.safetensors", new HubFault.Page());

        var error = await _hub.FailAsync();

        Assert.Equal(HubFailure.BadAnswer, error.Failure);
        Assert.Contains("the server sends 42 bytes instead of 300000", error.Message);
        Assert.Equal(70_000, new FileInfo(_hub.Partial(_hub.Weights)).Length);
        await _hub.PullAsync();
        Assert.Equal("bytes=70000-", _hub.Server.ContentRequests(_hub.Weights)[^1].Range);
        _hub.AssertComplete();
    }

    [Fact]
    public async Task Any_mixture_of_faults_ends_with_the_model_or_an_error_and_never_with_something_corrupt()
    {
        _hub.Options = _hub.Options with { Retries = 3, LongestWait = TimeSpan.FromMilliseconds(50) };
        var random = new Random(5);
        string[] faulty = ["list", "config.json", "tokenizer.json", "model.safetensors", "model.safetensors", "model.safetensors"];
        for (var round = 0; round < 25; round++)
        {
            foreach (var name in faulty)
                _hub.Server.Fail(name, AnyFault(random));
            try
            {
                await _hub.PullAsync();
                _hub.AssertComplete();
                Directory.Delete(_hub.Repository, recursive: true);
            }
            catch (HubException)
            {
                _hub.AssertNothingCorrupt();
            }
        }
        // A pull that fails has met one of the faults that are left, at least.
        var error = await Record.ExceptionAsync(() => _hub.PullAsync());
        for (var tries = 0; error is HubException && tries < 25 * faulty.Length; tries++)
        {
            _hub.AssertNothingCorrupt();
            error = await Record.ExceptionAsync(() => _hub.PullAsync());
        }
        Assert.True(error is null, $"once the server does nothing wrong any more, a pull fails: {error}");
        _hub.AssertComplete();
    }

    // On a busy machine an answer's head may come too late, which uses a fault up before it has shown. Whatever of these does show brings
    // only part of the file in time.
    private static HubFault[] OnEachTry(HubFault fault) => [.. Enumerable.Repeat(fault, 60)];

    private static HubFault AnyFault(Random random) => random.Next(8) switch
    {
        0 => new HubFault.Cut(random.Next(9_000)),
        1 => new HubFault.Cut(random.Next(300_000)),
        2 => new HubFault.Corrupt(),
        3 => new HubFault.Status(429, "Retry-After: 0"),
        4 => new HubFault.Status(503),
        5 => new HubFault.NoRanges(),
        6 => new HubFault.Page(),
        _ => new HubFault.OtherRange(),
    };
}
