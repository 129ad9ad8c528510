using System.Diagnostics;
using System.Text.Json.Nodes;
using PeftLabs.Cli;
using PeftLabs.Labs;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Cli;

[Collection("Memory")]
public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string[] Tiny => ["train", "--model", Shared.Fixture("models", "stories260K"), "--generated", "text", "--tokens", "16", "--examples", "8",
        "--batch", "2", "--steps", "2", "--rank", "2", "--validation-examples", "2", "--samples", "0", "--runs", _folder["runs"], "--no-images"];

    [Fact]
    public async Task A_run_of_options_alone_leaves_an_adapter_and_one_JSON_object()
    {
        var (code, output, error) = await Lab.RunAsync([.. Tiny, "--output", _folder["out"], "--json"]);
        Assert.True(code == ExitCode.Done, error);
        var json = JsonNode.Parse(output)!;
        Assert.Equal((2, _folder["out"]), ((int)json["steps"]!, (string)json["output"]!));
        Assert.Equal(Path.Combine(_folder["runs"], (string)json["run"]!), (string)json["run_folder"]!);
        Assert.True(File.Exists(Path.Combine(_folder["out"], "adapter_model.safetensors")));
        Assert.Contains("step 2/2", error);
        (code, _, error) = await Lab.RunAsync([.. Tiny, "--output", _folder["out"]]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("--overwrite begins anew", Assert.Single(error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task What_is_printed_is_the_same_run_and_options_come_instead_of_the_file_s()
    {
        var (code, yaml, _) = await Lab.RunAsync([.. Tiny, "--print-config", "--stream", "--set", "lora.alpha=5"]);
        Assert.Equal(ExitCode.Done, code);
        File.WriteAllText(_folder["run.yaml"], yaml);
        Assert.Equal(yaml, (await Lab.RunAsync(["train", _folder["run.yaml"], "--print-config"])).Output);
        var changed = (await Lab.RunAsync(["train", _folder["run.yaml"], "--print-config", "--epochs", "2", "--set", "rank=3"])).Output;
        Assert.Contains("epochs: 2\n", changed);
        Assert.DoesNotContain("\nsteps:", changed);
        Assert.Contains("  rank: 3\n  alpha: 5\n", changed);
        Assert.Contains("stream: true\n", changed);
    }

    [Fact]
    public async Task A_dry_run_predicts_and_leaves_nothing()
    {
        var (code, output, _) = await Lab.RunAsync([.. Tiny, "--dry-run", "--json"]);
        Assert.Equal((ExitCode.Done, 4), (code, JsonNode.Parse(output)!["stages"]!.AsArray().Count));
        (code, output, _) = await Lab.RunAsync([.. Tiny, "--dry-run"]);
        Assert.Matches("2 steps over [0-9]+ examples; predicted, with nothing loaded:", output);
        Assert.Contains("  rank: 2\n", output);
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Theory]
    [InlineData("--rank: lora.rank is 'x'; it must be a whole number.", "--rank", "x")]
    [InlineData("--set is 'rank'; it must be KEY=VALUE", "--set", "rank")]
    [InlineData("There is no option 'lora.rnak'; nearest are rank,", "--set", "lora.rnak=3")]
    [InlineData("save.output is missing", "--generated", "random-tokens")]
    [InlineData("run.yaml:2:1: there is no option 'mehtod' at the top; nearest are method", "run.yaml")]
    public async Task What_is_not_right_is_one_line_of_error(string message, params string[] arguments)
    {
        File.WriteAllText(_folder["run.yaml"], "model: smollm2-135m\nmehtod: lora\n");
        string[] given = [.. arguments.Select(a => a == "run.yaml" ? _folder[a] : a)];
        var (code, _, error) = await Lab.RunAsync(["train", "--model", "smollm2-135m", .. given]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(message, Assert.Single(error.TrimEnd().Split('\n')));
    }

    /// <summary>The file app and its YAML are one run: the same losses, the same adapter, bit for bit.</summary>
    [Fact, Trait("Speed", "Slow")]
    public async Task The_file_app_is_the_run_that_its_YAML_describes()
    {
        var scripts = Path.Combine(Shared.Root, "notebooks", "scripts");
        var model = Shared.Fixture("models", "stories260K");
        var start = new ProcessStartInfo("dotnet", ["run", Path.Combine(scripts, "finetune.cs"), "--", _folder["app"], "2", model])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Shared.Root,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" },
        };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, said);
        var run = Path.Combine(LabPaths.Runs, said.Split("run ")[^1].Split(',')[0]);
        var (code, output, error) = await Lab.RunAsync(["train", Path.Combine(scripts, "text-to-sql.yaml"), "--model", model, "--steps", "2",
            "--output", _folder["yaml"], "--runs", _folder["runs"], "--no-images", "--json"]);
        Assert.True(code == ExitCode.Done, error);
        var comparison = RunComparison.Of(run, (string)JsonNode.Parse(output)!["run_folder"]!, []);
        Directory.Delete(run, recursive: true);
        Assert.True(comparison.Matched, $"{comparison.FirstDifference}; {comparison.TrainedHash}; {comparison.PeakBytes}");
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["app"], "adapter_model.safetensors")), File.ReadAllBytes(Path.Combine(_folder["yaml"], "adapter_model.safetensors")));
    }
}
