using System.Text.Json.Nodes;
using PeftLabs.Cli;
using PeftLabs.Tests.Labs.Reports;
using PeftLabs.Tests.Plotting;

namespace PeftLabs.Tests.Cli;

[Collection("Process")]
public sealed class RunsCommandTests : IDisposable
{
    private const string Lora = "20260301-141530-00000001", Full = "20260302-141530-00000002";

    private readonly StoredRuns _runs = new();

    public RunsCommandTests()
    {
        _runs.Add(StoredRuns.Whole(), 3, 2.5);
        _runs.Add(StoredRuns.Record("full", Full) with { Options = JsonNode.Parse("""{"lora": null}""") }, 3, 2.4);
    }

    public void Dispose() => _runs.Dispose();

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => Lab.RunAsync(["runs", .. arguments, "--runs", _runs.Path]);

    private static IEnumerable<string> Ids(string output) => output.TrimEnd().Split('\n').Skip(2).Select(line => line.Split(' ')[0]);

    [Fact]
    public async Task Runs_are_listed_newest_first()
    {
        var (code, output, error) = await RunAsync();
        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Equal([Full, Lora], Ids(output));
    }

    [Theory]
    [InlineData(Lora, "--name", "lora*")]
    [InlineData(Full, "--method", "full")]
    [InlineData(Lora, "--model", "smollm2")]
    [InlineData(Full, "--limit", "1")]
    public async Task Filters_leave_the_runs_asked_for(string id, params string[] arguments) => Assert.Equal([id], Ids((await RunAsync(arguments)).Output));

    [Fact]
    public async Task Json_is_a_line_for_each_run_and_damage_is_said()
    {
        Directory.CreateDirectory(_runs["20260303-000000-00000000"]);
        var (code, output, _) = await RunAsync("--json");
        Assert.Equal(ExitCode.Done, code);
        var lines = output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["20260303-000000-00000000", Full, Lora], lines.Select(line => (string)line["id"]!));
        Assert.NotNull(lines[0]["damage"]);
    }

    [Theory]
    [InlineData("Older runs are not listed: --limit 2 lists more", "--limit", "1")]
    [InlineData("is like that", "--name", "nothing")]
    [InlineData("is like that", "--since", "2026-04-01")]
    [InlineData("'soon' is no date", "--since", "soon")]
    [InlineData("--limit is -1", "--limit", "-1")]
    public async Task What_a_list_leaves_out_or_cannot_do_is_said_on_standard_error(string message, params string[] arguments) =>
        Assert.Contains(message, (await RunAsync(arguments)).Error);

    [Fact]
    public async Task The_run_of_a_figure_is_found_with_its_folder_or_without()
    {
        var figure = SampleFigures.Losses() with { Runs = [Lora, "20250101-000000-00000000"] };
        await File.WriteAllTextAsync(_runs["figure.json"], figure.ToJson(), TestContext.Current.CancellationToken);
        var (code, output, _) = await RunAsync("--figure", _runs["figure.json"]);
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal($"Loss\n  {Lora}  LoRA r=8, in {_runs[Lora]}\n  20250101-000000-00000000  its folder is not in {_runs.Path}\n", output);
        (_, output, _) = await RunAsync("--figure", _runs["figure.json"], "--json");
        Assert.Equal([_runs[Lora], null], output.TrimEnd().Split('\n').Select(line => (string?)JsonNode.Parse(line)!["folder"]));
    }

    [Fact]
    public async Task A_figure_that_names_no_run_is_1()
    {
        await File.WriteAllTextAsync(_runs["figure.json"], SampleFigures.Losses().ToJson(), TestContext.Current.CancellationToken);
        var (code, output, error) = await RunAsync("--figure", _runs["figure.json"]);
        Assert.Equal((ExitCode.Failed, "Loss\n  names no run\n"), (code, output));
        Assert.Contains("names a run", error);
    }
}
