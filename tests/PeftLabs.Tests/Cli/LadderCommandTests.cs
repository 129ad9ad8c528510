using System.Text.Json.Nodes;
using PeftLabs.Cli;
using PeftLabs.Cli.Commands;
using PeftLabs.Cli.Ladder;
using PeftLabs.Labs;
using PeftLabs.Tests.Labs.Rerun;

namespace PeftLabs.Tests.Cli;

[Collection("Memory")]
public sealed class LadderCommandTests : IDisposable
{
    private readonly TinySpec _tiny = new();
    private readonly List<string> _said = [];

    public void Dispose() => _tiny.Dispose();

    private string Kept => Path.Combine(_tiny.Runs, "ladders", "tiny");

    private IReadOnlyList<LadderRung> Rungs => LadderPlan.Rungs(_tiny.Spec with
    {
        Training = _tiny.Spec.Training with { MaxGradientNorm = double.PositiveInfinity },
    }, ["fused-step", "lora", "qlora"]);

    private LadderClimb Climb(Func<RunSpec, CancellationToken, string> run) => new(Kept, _said.Add)
    {
        Runs = _tiny.Runs,
        RunRung = (spec, _, cancellation) => Task.FromResult(run(spec, cancellation)),
    };

    [Fact]
    public async Task Every_rung_is_run_and_kept_with_its_record()
    {
        var report = await Climb((spec, _) => _tiny.Run(spec).Folder).RunAsync(Rungs, resume: false, TestContext.Current.CancellationToken);
        Assert.Equal(["full", "fused-step", "lora", "qlora"], report.Rungs.Select(r => r.Key));
        foreach (var rung in report.Rungs)
        {
            Assert.InRange(Math.Abs(rung.Off!.Value), 0, 0.03);
            var record = RunRecord.Load(Path.Combine(_tiny.Runs, rung.Run!));
            Assert.True(JsonNode.DeepEquals(rung.Spec, record.Options));
            Assert.Equal(record.Memory!.Stages.Max(s => s.PeakBytes), rung.MeasuredPeak!.PeakBytes);
        }
        Assert.Equal(report.ToJson(), LadderReport.TryLoad(Kept)!.ToJson());
        Assert.Contains(_said, line => line.StartsWith("[2/4] + step within backward: peak predicted") && line.EndsWith("left"));
        var again = await Climb((_, _) => throw new InvalidOperationException("nothing is left to run"))
            .RunAsync(Rungs, resume: true, TestContext.Current.CancellationToken);
        Assert.Equal(report.ToJson(), again.ToJson());
    }

    [Fact]
    public async Task A_rung_that_fails_is_noted_and_the_rest_goes_on_and_resuming_tries_it_again()
    {
        var runs = 0;
        string Run(RunSpec spec, bool fails)
        {
            runs++;
            return fails && spec.Name == "ladder: LoRA, rank 16" ? throw new RunFailedException("not enough memory") : _tiny.Run(spec).Folder;
        }
        var report = await Climb((spec, _) => Run(spec, true)).RunAsync(Rungs, resume: false, TestContext.Current.CancellationToken);
        Assert.Equal([null, null, "not enough memory", null], report.Rungs.Select(r => r.Error));
        Assert.Equal([true, true, false, true], report.Rungs.Select(r => r.Run is not null));
        report = await Climb((spec, _) => Run(spec, false)).RunAsync(Rungs, resume: true, TestContext.Current.CancellationToken);
        Assert.All(report.Rungs, r => Assert.NotNull(r.Run));
        Assert.Null(report.Rungs[2].Error);
        Assert.Equal(5, runs);
    }

    [Fact]
    public async Task Finished_rungs_stay_kept_when_it_is_interrupted()
    {
        using var stop = new CancellationTokenSource();
        var climb = Climb((spec, cancellation) =>
        {
            if (spec.Name != "ladder: full fine-tuning")
                stop.Cancel();
            cancellation.ThrowIfCancellationRequested();
            return _tiny.Run(spec).Folder;
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => climb.RunAsync(Rungs, resume: false, stop.Token));
        Assert.Equal([true, false, false, false], LadderReport.TryLoad(Kept)!.Rungs.Select(r => r.Run is not null));
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task The_command_runs_rungs_in_processes_of_their_own()
    {
        var (code, output, error) = await RunAsync("ladder", "--model", _tiny.Model, "--batch", "2", "--tokens", "16", "--steps", "2",
            "--rungs", "lora", "--output", Kept, "--json");
        Assert.True(code == ExitCode.Done, error);
        var rungs = JsonNode.Parse(output)!["rungs"]!.AsArray();
        foreach (var rung in rungs)
            Directory.Delete(Path.Combine(LabPaths.Runs, (string)rung!["run"]!), recursive: true);
        Assert.Equal(2, rungs.Count);
        Assert.Contains("step 2/2", error);
        Assert.True(File.Exists(Path.Combine(Kept, "ladder.md")));
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task A_run_that_fails_in_its_process_says_why()
    {
        var spec = _tiny.Spec with { Data = _tiny.Spec.Data with { Kind = DataKind.Text } };
        var error = await Assert.ThrowsAsync<RunFailedException>(() => RungProcess.RunAsync(spec, _ => { }, TestContext.Current.CancellationToken));
        Assert.Contains("tokenizer", error.Message);
    }

    [Fact]
    public async Task Predicting_runs_and_keeps_nothing()
    {
        var (code, output, _) = await RunAsync("ladder", "--model", _tiny.Model, "--batch", "2", "--tokens", "16", "--predict", "--json", "--output", Kept);
        Assert.Equal(ExitCode.Done, code);
        Assert.All(JsonNode.Parse(output)!["rungs"]!.AsArray(), r => Assert.True(r!["predicted"]!.AsArray().Count == 4 && r["run"] is null));
        Assert.False(Directory.Exists(Kept));
    }

    [Theory]
    [InlineData("neither a folder nor a shape", "--model", "nothing")]
    [InlineData("--model is missing")]
    [InlineData("--data is 'poems'", "--model", "smollm2-135m", "--data", "poems")]
    [InlineData("There is no rung 'magic'", "--model", "smollm2-135m", "--rungs", "magic")]
    [InlineData("has none: use RandomTokens", "--model", "smollm2-135m", "--data", "text")]
    public async Task What_cannot_be_is_one_line_of_error(string message, params string[] arguments)
    {
        var (code, _, error) = await RunAsync(["ladder", .. arguments]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(message, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_run_is_run_again_by_its_id_with_an_exit_code_that_says_whether_it_matched()
    {
        var folder = _tiny.Run(_tiny.Lora).Folder;
        var (code, output, error) = await RunAsync("rerun", Path.GetFileName(folder)[..^1], "--runs", _tiny.Runs);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("losses: the same bits in all 3 steps", output);
        Assert.Contains("matched; again it was", output);
        Assert.Contains("Data, versions and machine are the same.", error);
        var path = Path.Combine(folder, RunRecord.StepsFileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"loss\":", "\"loss\":1"));
        (code, output, _) = await RunAsync("rerun", folder, "--runs", _tiny.Runs, "--json");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal("loss of step 1", (string)JsonNode.Parse(output)!["first_difference"]!["what"]!);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error, console) = (new StringWriter(), new StringWriter(), Console.Out);
        Console.SetOut(output);
        try
        {
            return (await Launcher.RunAsync(arguments, error, AllCommands.Create()), output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(console);
        }
    }
}
