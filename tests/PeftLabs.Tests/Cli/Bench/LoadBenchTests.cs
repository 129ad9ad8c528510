using System.Text.Json;
using PeftLabs.Cli;
using PeftLabs.Cli.Bench;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Cli.Bench;

[Collection("Memory")]
public sealed class LoadBenchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact, Trait("Speed", "Slow")]
    public async Task Json_gives_each_way_of_both_caches_and_leaves_no_file()
    {
        var run = await CommandRun.RunAsync("", "bench", "load", "--shape", "smollm2-135m", "--megabytes", "1", "--repeats", "1", "--json",
            "--folder", _folder.Path);

        Assert.True(run.Code == ExitCode.Done, run.Error);
        var measured = JsonSerializer.Deserialize<LoadMeasurement>(run.Output)!;
        Assert.Equal((5, 3), (measured.Model.Count, measured.TokenCache.Count));
        Assert.InRange(measured.Model[0].Bytes, 2 * 134_515_008, 2.02 * 134_515_008);
        Assert.InRange(measured.DataBytes, 1_000_000, 1_100_000);
        Assert.InRange(measured.TokenCache[0].Bytes, 4 * measured.Tokens, 4 * measured.Tokens + 8 * measured.Examples + 200);
        Assert.All(measured.Model.Concat(measured.TokenCache), way => Assert.True(way.WarmSeconds > 0 && way.ColdSeconds is null or > 0));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Cancelled_it_leaves_no_file()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
            LoadBenchmark.Run(new() { Folder = _folder.Path, DataBytes = 1000 }, _ => { }, cancelled.Token));

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_anything_is_written()
    {
        Assert.Throws<ArgumentException>(() => LoadBenchmark.Run(new() { Folder = _folder["none"] }, _ => { }, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => LoadBenchmark.Run(
            new() { Folder = _folder.Path, Repeats = 0 }, _ => { }, TestContext.Current.CancellationToken));
        var full = Assert.Throws<IOException>(() => LoadBenchmark.Run(
            new() { Folder = _folder.Path, DataBytes = long.MaxValue / 4 }, _ => { }, TestContext.Current.CancellationToken));
        Assert.Contains("free; name another folder with --folder", full.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
