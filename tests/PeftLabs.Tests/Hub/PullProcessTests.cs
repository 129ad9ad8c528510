using System.Diagnostics;
using System.Text.Json.Nodes;
using PeftLabs.Cli;
using PeftLabs.Formats;
using PeftLabs.Hub;
using PeftLabs.Tests.Training.Resume;

namespace PeftLabs.Tests.Hub;

/// <summary>lab pull as its user meets it: processes that are interrupted, killed, run beside each other and on a small disk.</summary>
[Trait("Speed", "Slow")]
public sealed class PullProcessTests : IDisposable
{
    private readonly PullFixture _hub;

    public PullProcessTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals, flock and /proc are those of Linux");
        _hub = new(weightBytes: 2_000_000);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task Command_prints_the_folder_and_says_the_rest_on_standard_error()
    {
        using var pull = new LabProcess(_hub.Options, "pull", PullFixture.Model);
        var (code, output, error) = pull.End();
        Assert.True(code == ExitCode.Done, error);
        Assert.Equal(_hub.Snapshot + "\n", output);
        Assert.Contains($"owner/tiny at commit {_hub.Commit[..7]}: 5 files, 1.92 MiB, 1.92 MiB of them downloaded", error);
        Assert.Contains("100 %  1.92 MiB of 1.92 MiB  5 of 5 files", error);
        Assert.DoesNotContain("Secret", output + error);
        _hub.AssertComplete();

        _hub.Server.Requests.Clear();
        using var offline = new LabProcess(_hub.Options, "pull", PullFixture.Model, "--offline", "--json");
        var json = JsonNode.Parse(offline.End().Output)!;
        Assert.Equal((_hub.Snapshot, _hub.Commit, 0), ((string)json["folder"]!, (string)json["commit"]!, (int)json["downloaded_bytes"]!));
        Assert.Empty(_hub.Server.Requests);
        Assert.Equal(_hub.Snapshot, await HubModel.PullAsync(PullFixture.Model, _hub.Options, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_pulled_model_goes_by_its_name_elsewhere()
    {
        var files = Directory.GetFiles(Shared.Fixture("models", "llama")).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)));
        _hub.Server.Add("owner/llama").Commit("main", [.. files]);
        using var missing = new LabProcess(_hub.Options, "bench", "step", "--model", "owner/llama");
        Assert.Contains("has no model owner/llama. `./lab pull owner/llama` downloads it.", missing.End().Error);
        using var pull = new LabProcess(_hub.Options, "pull", "owner/llama");
        Assert.Equal(ExitCode.Done, pull.End().Code);

        var merged = Path.Combine(Path.GetDirectoryName(_hub.Options.CacheFolder)!, "merged");
        using var merge = new LabProcess(_hub.Options, "merge", "owner/llama", Shared.Fixture("adapters", "lora"), merged, "--sample", "0");
        var (code, _, error) = merge.End();
        Assert.True(code == ExitCode.Done, error);
        using var checkpoint = Checkpoint.Open(merged);
    }

    [Fact]
    public void Error_is_one_line()
    {
        using var pull = new LabProcess(_hub.Options, "pull", "owner/none");
        var (code, output, error) = pull.End();
        Assert.Equal((ExitCode.Failed, ""), (code, output));
        Assert.Equal("error: The hub has no model owner/none that the token from HF_TOKEN may see. The hub says: \"Repository not found\"", error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Interrupted_or_killed_it_goes_on_from_there(bool killed)
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Stall(1_500_000));
        using (var pull = new LabProcess(_hub.Options, "pull", PullFixture.Model))
        {
            await PullFixture.UntilAsync(() => PullFixture.LengthOf(_hub.Partial(_hub.Weights)) == 1_500_000 && _hub.BlobCount == 4);
            if (killed)
            {
                pull.Kill();
            }
            else
            {
                pull.Interrupt();
                var (code, _, error) = pull.End();
                Assert.Equal(ExitCode.Interrupted, code);
                Assert.Contains("What has arrived is kept: ./lab pull owner/tiny goes on from there.", error);
            }
        }
        _hub.AssertNothingCorrupt();
        Assert.False(Directory.Exists(_hub.Snapshot));
        using var again = new LabProcess(_hub.Options, "pull", PullFixture.Model);
        Assert.Equal(ExitCode.Done, again.End().Code);
        Assert.Equal("bytes=1500000-", _hub.Server.ContentRequests(_hub.Weights)[^1].Range);
        _hub.AssertComplete();
    }

    [Fact]
    public async Task Pulls_beside_each_other_download_each_content_once()
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Slow(100_000, 20));
        using LabProcess first = new(_hub.Options, "pull", PullFixture.Model), second = new(_hub.Options, "pull", PullFixture.Model);
        var third = _hub.PullAsync();
        var fourth = HubModel.PullAsync(PullFixture.Model, _hub.Options, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([0, 0], [first.End().Code, second.End().Code]);
        Assert.Equal((await third).Folder, await fourth);
        _hub.AssertComplete();
        Assert.Single(_hub.Server.ContentRequests(_hub.Weights));
        Assert.Single(_hub.Server.ContentRequests(_hub.File("config.json")));
    }

    [Fact]
    public async Task The_lock_is_the_one_that_other_tools_take()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "no flock");
        var file = Path.Combine(_hub.Options.CacheFolder, ".locks", "models--owner--tiny", $"{_hub.Weights.Hash}.lock");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var other = Process.Start(new ProcessStartInfo("/usr/bin/flock", [file, "sh", "-c", "echo locked; cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("locked", other.StandardOutput.ReadLine());
        _hub.OnProgress = progress =>
        {
            if (progress.Notice == "model.safetensors: another pull is downloading it; waiting for that one")
                other.StandardInput.Close();
        };

        await _hub.PullAsync();

        Assert.True(other.HasExited || other.WaitForExit(5_000));
        Assert.Contains(_hub.Notices, notice => notice.Contains("another pull"));
        _hub.AssertComplete();
    }

    [Fact]
    public void A_disk_without_the_room_is_told_before_anything_large_comes()
    {
        var (code, _, error) = OnSmallDisk("exec \"$@\"");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("error: 1.92 MiB are to be downloaded to ", error);
        Assert.Contains("has only 1.00 MiB free", error);
        Assert.Empty(_hub.Server.ContentRequests(_hub.Weights));
    }

    [Fact]
    public void A_disk_that_fills_up_meanwhile_is_told_and_what_came_is_kept()
    {
        _hub.Server.Fail("model.safetensors", new HubFault.Slow(20_000, 10));
        // The disk is filled once the download has begun, freed after it has failed, and then the same pull goes on.
        var (code, _, error) = OnSmallDisk($"""
            mount -o remount,size=4m "$0"
            (for i in $(seq 1500); do [ -s {_hub.Partial(_hub.Weights)} ] && break; sleep 0.02; done; cat /dev/zero >"$0/filler" 2>/dev/null) &
            "$@"; wait; rm "$0/filler"; wc -c <{_hub.Partial(_hub.Weights)} >&2; exec "$@"
            """);

        Assert.True(code == ExitCode.Done, error);
        Assert.Contains($"error: owner/tiny: the disk of {_hub.Options.CacheFolder} is full. What has arrived is kept", error);
        var kept = error.Split('\n').Select(line => int.TryParse(line, out var bytes) ? bytes : 0).Max();
        Assert.InRange(kept, 1, 1_999_999);
        Assert.Equal($"bytes={kept}-", _hub.Server.ContentRequests(_hub.Weights)[^1].Range);
    }

    // Runs lab pull in a shell script, which gets the folder of the cache as $0, a disk of 1 MiB of its own, and the command as "$@".
    private (int Code, string Output, string Error) OnSmallDisk(string script)
    {
        var disk = Path.GetDirectoryName(_hub.Options.CacheFolder)!;
        string[] mount = ["unshare", "-rm", "sh", "-c", $"mount -t tmpfs -o size=1m tmpfs \"$0\" && {{ {script}\n}}", disk];
        string[] trial = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs \"$0\" && exec \"$@\"", disk];
        Assert.SkipUnless(KillTests.CanMount(trial), "no small disk can be mounted here");
        using var pull = new LabProcess(_hub.Options, mount, ["pull", PullFixture.Model]);
        return pull.End();
    }
}
