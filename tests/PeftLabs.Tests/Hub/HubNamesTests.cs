using PeftLabs.Hub;

namespace PeftLabs.Tests.Hub;

public sealed class HubNamesTests
{
    [Theory]
    [InlineData("gpt2", "gpt2", "main")]
    [InlineData("HuggingFaceTB/SmolLM2-135M", "HuggingFaceTB/SmolLM2-135M", "main")]
    [InlineData("a/b.c_d@v1.0", "a/b.c_d", "v1.0")]
    [InlineData("a/b@refs/pr/1", "a/b", "refs/pr/1")]
    [InlineData("a/b@main", "a/b", "main")]
    public void Names_are_read(string text, string id, string revision)
    {
        var name = HubModelName.Parse(text);
        Assert.Equal((id, revision), (name.Id, name.Revision));
        Assert.Equal(text == "a/b@main" ? "a/b" : text, name.ToString());
    }

    [Theory]
    [InlineData("/c/models--HuggingFaceTB--SmolLM2-135M/snapshots/93efa2f", "HuggingFaceTB/SmolLM2-135M")]
    [InlineData("~/c/models--gpt2/snapshots/607a30d/", "gpt2")]
    [InlineData("data/models/peftlabs-5m", "peftlabs-5m")]
    [InlineData("snapshots/x", "x")]
    public void A_snapshot_is_called_by_its_model_and_another_folder_by_its_own_name(string folder, string name) =>
        Assert.Equal(name, ModelLocation.NameOf(folder));

    [Theory]
    [InlineData("")]
    [InlineData("a/b/c")]
    [InlineData("../x")]
    [InlineData("a/..")]
    [InlineData("a--b/c")]
    [InlineData("-a/b")]
    [InlineData("a/b.")]
    [InlineData("a/b.git")]
    [InlineData("a b")]
    [InlineData("a/b\n")]
    [InlineData("/a/b")]
    [InlineData("a/ü")]
    [InlineData("https://huggingface.co/a/b")]
    [InlineData("a/b@")]
    [InlineData("a/b@../../x")]
    [InlineData("a/b@/x")]
    [InlineData("a/b@x/")]
    [InlineData("a/b@x//y")]
    [InlineData("a/b@x y")]
    [InlineData("a/b@.x")]
    [InlineData("a/b@x/.y")]
    [InlineData("a/b@x.lock")]
    [InlineData("a/b@x\\y")]
    [InlineData("a/b@x\n")]
    [InlineData("a/b@C:x")]
    public void What_is_no_name_is_refused(string text)
    {
        Assert.False(HubModelName.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<ArgumentException>(() => HubModelName.Parse(text)).Message);
    }

    [Fact]
    public void The_environment_decides_as_for_the_hub_s_other_tools()
    {
        static HubOptions Of(params string[] settings) =>
            new(name => settings.FirstOrDefault(s => s.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..]);

        Assert.Equal("/me/.cache/huggingface/hub", Of("HOME=/me").CacheFolder);
        Assert.Equal("/x/huggingface/hub", Of("HOME=/me", "XDG_CACHE_HOME=/x").CacheFolder);
        Assert.Equal("/hf/hub", Of("HOME=/me", "HF_HOME=/hf", "XDG_CACHE_HOME=/x").CacheFolder);
        Assert.Equal("/cache", Of("HOME=/me", "HF_HOME=/hf", "HF_HUB_CACHE=/cache").CacheFolder);
        Assert.Equal("/me/a/D/b", Of("HOME=/me", "HF_HUB_CACHE=~/a/$X/b", "X=D").CacheFolder);
        Assert.Equal("https://huggingface.co/", Of("HOME=/me").Endpoint.AbsoluteUri);
        Assert.Equal("https://mirror.example/hf", Of("HOME=/me", "HF_ENDPOINT=https://mirror.example/hf").Endpoint.AbsoluteUri);
        Assert.True(Of("HOME=/me", "HF_HUB_OFFLINE=1").Offline);
        Assert.False(Of("HOME=/me", "HF_HUB_OFFLINE=0").Offline);
        Assert.Equal(45, Of("HOME=/me", "HF_HUB_DOWNLOAD_TIMEOUT=45").StallTimeout.TotalSeconds);
        Assert.Equal("HF_TOKEN", Of("HOME=/me", "HF_TOKEN=hf_x").Token!.Source);
        Assert.Null(Of("HOME=/me", "HF_TOKEN=hf_x", "HF_HUB_DISABLE_IMPLICIT_TOKEN=1").Token);
        Assert.Contains("HF_ENDPOINT is 'nonsense'", Assert.Throws<ArgumentException>(() => Of("HF_ENDPOINT=nonsense")).Message);
        Assert.Contains("Endpoint is file:///x", Assert.Throws<ArgumentOutOfRangeException>(() => Of("HF_ENDPOINT=file:///x")).Message);
        Assert.Contains("HF_HUB_DOWNLOAD_TIMEOUT is 'soon'", Assert.Throws<ArgumentException>(() => Of("HF_HUB_DOWNLOAD_TIMEOUT=soon")).Message);
    }

    [Fact]
    public void The_token_s_file_is_read_where_no_variable_has_one()
    {
        using var folder = new Formats.TemporaryFolder();
        File.WriteAllText(folder["token"], "hf_fromFile\n");
        HubOptions Of(string? token) => new(name => name switch { "HF_HOME" => folder.Path, "HF_TOKEN" => token, _ => null });

        Assert.Equal(folder["token"], Of(null).Token!.Source);
        Assert.Equal("HF_TOKEN", Of("hf_y").Token!.Source);
        Assert.DoesNotContain("fromFile", $"{Of(null)} {Of(null).Token}");
        File.WriteAllText(folder["token"], "\n");
        Assert.Null(Of(null).Token);
    }

    [Theory]
    [InlineData("ParallelDownloads is 0")]
    [InlineData("Retries is -1")]
    [InlineData("MinimumBytesPerSecond is 0")]
    [InlineData("StallTimeout is 00:00:00")]
    public void Wrong_options_are_named(string says)
    {
        var options = new HubOptions(name => name == "HOME" ? "/nowhere" : null);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => says.Split(' ')[0] switch
        {
            "ParallelDownloads" => options with { ParallelDownloads = 0 },
            "Retries" => options with { Retries = -1 },
            "MinimumBytesPerSecond" => options with { MinimumBytesPerSecond = 0 },
            _ => options with { StallTimeout = TimeSpan.Zero },
        });
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public void Speed_is_that_of_the_last_seconds()
    {
        var rate = new TransferRate(windowSeconds: 10);
        Assert.Null(rate.At(0));
        rate.Add(0, 1000);
        Assert.Null(rate.At(0.4));
        Assert.Equal(1000, rate.At(1));
        rate.Add(5, 4000);
        Assert.Equal(1000, rate.At(5));
        rate.Add(12, 1000);
        Assert.Equal(500, rate.At(12));
    }

    [Fact]
    public void Progress_says_speed_and_time_left()
    {
        var progress = new HubProgress { Done = 50 << 20, Total = 200 << 20, FilesDone = 1, Files = 3, BytesPerSecond = 10 << 20 };
        Assert.Equal("25 %  50.0 MiB of 200 MiB  1 of 3 files  10.0 MiB/s  15 s left", progress.ToString());
        Assert.Equal("25 %  50.0 MiB of 200 MiB  1 of 3 files", (progress with { BytesPerSecond = null }).ToString());
    }
}
