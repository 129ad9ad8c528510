using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PeftLabs.Cli;
using PeftLabs.Formats;
using PeftLabs.Tests.Formats;
using PeftLabs.Tests.Models;

namespace PeftLabs.Tests.Cli;

[Collection("Memory")]
public sealed class ProfileCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ProfileCommandTests() => TestModels.Write(TestModels.Config, _folder.Path, SafeTensorType.Float32);

    public void Dispose() => _folder.Dispose();

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        Lab.RunAsync(["profile", "--model", _folder.Path, "--method", "qlora", "--batch", "2", "--tokens", "16", "--steps", "2", .. arguments]);

    [Fact]
    public async Task Tables_name_operators_parts_and_the_code_of_what_is_alive()
    {
        var (code, output, error) = await RunAsync("--top", "3", "--cost");
        Assert.Equal(ExitCode.Done, code);
        foreach (var expected in new[] { "down_proj", "attention", "optimizer rule", "weight product", "decode", "largest first", "made in", "smaller kinds", "of the time is an operator's", "taken in turn" })
            Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(output, @"^ *[0-9.]+ \S+ .* › .* \w+\.\w+, (\w+\.)+cs:\d+$", RegexOptions.Multiline));
        Assert.DoesNotContain(_folder.Path, output.Replace($"{_folder.Path}, qlora", ""), StringComparison.Ordinal);
        Assert.Contains("step 5/5", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_line_and_figures_are_a_file()
    {
        var (code, output, error) = await RunAsync("--json", "--figure", _folder["figures.json"]);
        Assert.Equal(ExitCode.Done, code);
        var json = JsonNode.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)))!;
        Assert.Equal(2, (long)json["profile"]!["steps"]!);
        Assert.Equal((long)json["memory"]!["peak_bytes"]!, json["memory"]!["peak_allocations"]!.AsArray().Sum(a => (long)a!["bytes"]!));
        Assert.Equal(2, (int)json["measurement"]!["steps"]!);
        Assert.Contains(_folder["figures.json"], error, StringComparison.Ordinal);
        var figures = JsonNode.Parse(await File.ReadAllTextAsync(_folder["figures.json"], TestContext.Current.CancellationToken))!.AsObject();
        Assert.Equal(["time", "memory", "timeline"], figures.Select(f => f.Key));
    }

    [Fact]
    public async Task Figure_of_an_unknown_kind_is_refused_before_anything_runs()
    {
        var (code, output, error) = await RunAsync("--figure", "figure.svg");
        Assert.Equal((ExitCode.Failed, ""), (code, output));
        Assert.Contains("must end in .html, .png or .json", error, StringComparison.Ordinal);
        Assert.DoesNotContain("step 1", error, StringComparison.Ordinal);
    }
}
