using System.Text.Json.Nodes;
using PeftLabs.Adapters;
using PeftLabs.Cli;
using PeftLabs.Labs;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Cli;

[Collection("Memory")]
public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Model => Shared.Fixture("models", "stories260K");

    private static Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync("", ["evaluate", Model, .. arguments]);

    private LabRun Train() => FineTuning.Run(new()
    {
        Name = "tiny",
        Model = new() { Folder = Model },
        Data = new() { Kind = DataKind.Text, Tokens = 16, Examples = 4, Batches = new() { Size = 2 } },
        Lora = new() { Rank = 2 },
        Training = new() { Steps = 2, LearningRate = 1e-2, Schedule = LearningRateSchedule.Constant },
    }, new() { Runs = _folder["runs"], Use = (_, adapter) => adapter!.Save(_folder["adapter"]) }, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Base_and_adapter_are_compared_and_recorded_in_the_run_that_trained_it()
    {
        var run = Train();
        var evaluated = await RunAsync("--adapter", _folder["adapter"], "--task", "text-to-sql", "--text", "--examples", "3", "--json", "--show", "1",
            "--record", run.Id, "--runs", _folder["runs"]);
        Assert.True(evaluated.Code == ExitCode.Done, evaluated.Error);
        var json = JsonNode.Parse(evaluated.Output)!;
        Assert.Equal(["base", "adapter"], json["evaluations"]!.AsArray().Select(e => (string)e!["name"]!));
        Assert.All(json["evaluations"]!.AsArray(), e => Assert.Equal(3, (int)e!["tasks"]![0]!["count"]!));
        Assert.Equal("text-to-sql", (string)json["evaluations"]![1]!["tasks"]![0]!["task"]!);
        Assert.Single(json["evaluations"]![0]!["tasks"]![0]!["failures"]!.AsArray());
        var changes = json["comparisons"]![0]!["changes"]!.AsArray();
        Assert.Equal(["mcnemar", "mcnemar", "paired_bootstrap", "paired_bootstrap"], changes.Select(c => (string)c!["test"]!));
        Assert.NotEqual(0, (double)changes[^1]!["change"]!);
        var recorded = RunRecord.Load(run.Folder).Evaluations!.Single(e => e.Name == "general text: perplexity");
        Assert.Equal(((double)changes[^1]!["before"]!, (double)changes[^1]!["after"]!), (recorded.Before, recorded.After));
        Assert.Contains("adapter: text-to-sql, answers: 3 of 3 examples", evaluated.Error);
    }

    [Fact]
    public async Task An_adapter_of_another_run_is_not_recorded()
    {
        var run = Train();
        var record = RunRecord.Load(run.Folder);
        var path = Path.Combine(run.Folder, RunRecord.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace(record.TrainedHash!, new string('0', 64)));
        var evaluated = await RunAsync("--adapter", _folder["adapter"], "--text", "--examples", "2", "--record", run.Folder);
        Assert.Equal(ExitCode.Failed, evaluated.Code);
        Assert.Contains("is not what the run", evaluated.Error);
    }

    [Fact]
    public async Task A_file_with_fewer_documents_is_read_whole_and_told_of()
    {
        File.WriteAllText(_folder["a.jsonl"], "{\"text\":\"Once upon a time\"}\n{\"text\":\"Lily ran.\"}\n");
        var run = await RunAsync("--text", _folder["a.jsonl"], "--examples", "200");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.StartsWith("a.jsonl holds 2 documents, fewer than 200: all are read.", run.Error);
        Assert.Matches(@"(?m)^stories260K: the held-out split, seed 0\n\n +stories260K +n +seconds\n.*\na\.jsonl +perplexity +\d", run.Output);
    }

    [Theory]
    [InlineData("There is no task 'sums'; there are text-to-sql", "--task", "sums")]
    [InlineData("--no-base leaves nothing", "--no-base")]
    [InlineData("--record needs a before and an after", "--record", "latest", "--runs", "RUNS")]
    [InlineData("error: Examples is 0; it must be 1 or above.", "--examples", "0", "--text")]
    [InlineData("--show is -1", "--show", "-1", "--text")]
    [InlineData("empty.txt, line 1, column 1: the file holds no text", "--text", "empty.txt")]
    [InlineData("none.txt does not exist", "--text", "none.txt")]
    public async Task What_cannot_be_done_is_one_line_of_error(string message, params string[] options)
    {
        Directory.CreateDirectory(_folder["20260301-141530-00000001"]);
        File.WriteAllText(_folder["empty.txt"], "");
        var run = await RunAsync([.. options.Select(o => o.EndsWith(".txt", StringComparison.Ordinal) ? _folder[o] : o == "RUNS" ? _folder.Path : o)]);
        Assert.Equal((ExitCode.Failed, ""), (run.Code, run.Output));
        Assert.Contains(message, Assert.Single(run.Error.TrimEnd().Split('\n')));
        Assert.DoesNotContain("Actual value", run.Error);
    }

    [Fact]
    public async Task A_pulled_model_is_called_by_its_name_on_the_hub()
    {
        var snapshot = Directory.CreateDirectory(Path.Combine(_folder.Path, "models--some--one", "snapshots", new string('a', 40))).FullName;
        foreach (var file in Directory.GetFiles(Model))
            File.Copy(file, Path.Combine(snapshot, Path.GetFileName(file)));
        var run = await CommandRun.RunAsync("", "evaluate", snapshot, "--text", "--examples", "1");
        Assert.StartsWith("some/one: ", run.Output);
    }

    [Fact]
    public async Task A_folder_without_a_tokenizer_and_an_unknown_split_are_refused()
    {
        foreach (var name in new[] { "config.json", "model.safetensors" })
            File.Copy(Path.Combine(Model, name), _folder[name]);
        var run = await CommandRun.RunAsync("", "evaluate", _folder.Path, "--text", "--examples", "2");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("holds neither tokenizer.json nor tokenizer.model", run.Error);
        Assert.Equal(ExitCode.Usage, (await RunAsync("--split", "train")).Code);
    }
}
