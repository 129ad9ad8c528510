using PeftLabs.Adapters;
using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Tests.Formats;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Train;

[Collection("Memory")]
public sealed class TrainRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model = Shared.Fixture("models", "stories260K");

    public TrainRunTests() => File.WriteAllLines(Records, Enumerable.Range(0, 12).Select(i => $$"""{"prompt": "Say {{i}}:", "completion": " {{i}} it is"}"""));

    public void Dispose() => _folder.Dispose();

    private string Records => _folder["records.jsonl"];

    private string Output => _folder["out"];

    private TrainConfig Config(string more = "steps: 4\n") => TrainConfig.Parse($"""
        model: {_model}
        lora: {"{"}rank: 2, dropout: 0.1{"}"}
        data:
          file: {Records}
          validation-share: 0.25
        batch: 3
        learning-rate: 0.01
        evaluate:
          validate-every: 2
        save:
          output: {Output}
        {more}
        """);

    private TrainCalls Calls => new() { Runs = _folder["runs"], Pictures = false, Say = _ => { } };

    private TrainResult Run(TrainConfig config, TrainCalls? calls = null) => TrainRun.Run(config, calls ?? Calls, TestContext.Current.CancellationToken);

    private string Interrupted(TrainConfig config, int after)
    {
        using var stop = new CancellationTokenSource();
        var error = Assert.Throws<RunInterruptedException>(() => TrainRun.Run(config, Calls with
        {
            Progress = step =>
            {
                if (step.Step == after)
                    stop.Cancel();
            },
        }, stop.Token));
        Assert.Equal(after, error.Steps);
        var record = RunRecord.Load(error.Run);
        Assert.Equal((null, true, after), (record.Ended, record.Interrupted is not null, (int)record.Steps));
        return error.Checkpoint;
    }

    [Fact]
    public void A_described_run_leaves_an_adapter_its_card_its_record_and_figures()
    {
        var result = Run(Config());
        Assert.Equal(Output, result.Output);
        Assert.Equal(["README.md", "adapter_config.json", "adapter_model.safetensors", "train.yaml"], Directory.GetFiles(Output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(["loss", "stages", "ladder"], name => Assert.True(File.Exists(Path.Combine(Output, "figures", $"{name}.plotly.json"))));
        Assert.Contains("held out", File.ReadAllText(Path.Combine(Output, "figures", "loss.plotly.json")));
        Assert.Contains(result.Run.Id, File.ReadAllText(Path.Combine(Output, "README.md")));
        Assert.Equal(Config().ToYaml(), TrainConfig.Load(Path.Combine(Output, "train.yaml")).ToYaml());
        using var model = CausalLM.Load(_model);
        using var adapter = LoraAdapter.Load(model, Output);
        Assert.Equal(result.Run.Record!.TrainedHash, TrainedHash.Of(adapter.NamedParameters));
        Assert.Equal([2L, 4L], result.Run.Steps.Where(s => s.ValidationLoss is not null).Select(s => s.Step));
        Assert.Equal(result.Run.Steps[^1].ValidationLoss!.Value, result.Run.Record.Evaluations![0].After);
        Assert.False(Directory.Exists($"{Output}.checkpoints"));
        Assert.Empty(Directory.GetDirectories(_folder.Path, ".*"));
    }

    [Fact]
    public void Validation_changes_no_bit_and_the_records_come_back_with_their_losses()
    {
        var (with, without) = (Run(Config()), Run(Config() with { Output = null, Run = Config().Run with { ValidateEvery = 0 } }));
        Assert.Equal(with.Run.Record!.TrainedHash, without.Run.Record!.TrainedHash);
        Assert.Equal(with.Run.Measured.PeakBytes, without.Run.Measured.PeakBytes);
        Assert.Equal(with.Run.Steps.Select(s => s.ValidationLoss), RunRecord.LoadSteps(with.Run.Folder).Select(s => s.ValidationLoss));
        Assert.DoesNotContain("validation_loss", File.ReadAllText(Path.Combine(without.Run.Folder, RunRecord.StepsFileName)));
    }

    [Fact]
    public void An_interrupted_run_goes_on_from_its_checkpoint_with_the_same_bits()
    {
        var whole = Run(Config() with { Output = _folder["whole"] });
        var checkpoint = Interrupted(Config(), after: 2);
        Assert.False(Directory.Exists(Output));
        using (var model = CausalLM.Load(_model))
        using (var adapter = LoraAdapter.Load(model, checkpoint))
            Assert.True(adapter.TrainedParameters > 0);
        var refused = Assert.Throws<IOException>(() => Run(Config()));
        Assert.Contains("--resume goes on from them", refused.Message);
        var resumed = Run(Config(), Calls with { Resume = true });
        Assert.Equal(whole.Run.Record!.TrainedHash, resumed.Run.Record!.TrainedHash);
        Assert.Equal(whole.Run.Steps.Select(s => (s.Loss, s.ValidationLoss)), RunRecord.LoadSteps(resumed.Run.Folder).Select(s => (s.Loss, s.ValidationLoss)));
        Assert.False(Directory.Exists($"{Output}.checkpoints"));
    }

    [Fact]
    public void Checkpoints_that_were_asked_for_stay_and_resuming_a_finished_run_gives_it_again()
    {
        var config = Config("steps: 4\n");
        config = config with { Run = config.Run with { Training = config.Run.Training with { CheckpointEvery = 2 } } };
        var first = Run(config);
        Assert.Equal(["step-000002", "step-000004"], Directory.GetDirectories($"{Output}.checkpoints").Select(Path.GetFileName).Order());
        var again = Run(config, Calls with { Resume = true });
        Assert.Equal(first.Run.Record!.TrainedHash, again.Run.Record!.TrainedHash);
    }

    [Fact]
    public void A_folder_that_holds_something_is_replaced_only_where_that_is_said()
    {
        var first = Run(Config());
        Assert.Contains("--overwrite begins anew", Assert.Throws<IOException>(() => Run(Config())).Message);
        Assert.Equal(2, Run(Config("steps: 2\n"), Calls with { Overwrite = true }).Run.Steps.Count);
        Assert.Contains("2 steps", File.ReadAllText(Path.Combine(Output, "README.md")));
        Assert.Equal(4, RunRecord.LoadSteps(first.Run.Folder).Count);
        File.Delete(Path.Combine(Output, "train.yaml"));
        Assert.Contains("no run of ours wrote it", Assert.Throws<IOException>(() => Run(Config(), Calls with { Overwrite = true })).Message);
        Assert.Throws<ArgumentException>(() => Run(Config(), Calls with { Overwrite = true, Resume = true }));
    }

    [Fact]
    public void A_whole_run_without_checkpoints_is_not_replaced_by_resuming_it()
    {
        Run(Config("steps: 2\n"));
        var hash = ContentHash.Of(Output);
        Assert.Contains("no checkpoints", Assert.Throws<IOException>(() => Run(Config("steps: 2\n"), Calls with { Resume = true })).Message);
        Assert.Equal(hash, ContentHash.Of(Output));
    }

    [Fact]
    public void Overwriting_forgets_no_checkpoint_for_a_run_that_cannot_begin()
    {
        var checkpoint = Interrupted(Config(), after: 2);
        File.WriteAllText(_folder["wrong.jsonl"], "{}\n");
        var wrong = Config();
        wrong = wrong with { Run = wrong.Run with { Data = wrong.Run.Data with { File = new(_folder["wrong.jsonl"]) } } };
        Assert.ThrowsAny<InstructionDataException>(() => Run(wrong, Calls with { Overwrite = true }));
        Assert.True(Directory.Exists(checkpoint));
    }

    [Fact]
    public void A_merged_model_s_folder_that_is_taken_is_told_of_before_anything_is_trained()
    {
        Directory.CreateDirectory(_folder["merged"]);
        File.WriteAllText(Path.Combine(_folder["merged"], "thesis.txt"), "");
        Assert.Contains("holds 'thesis.txt'", Assert.Throws<IOException>(() => Run(Config() with { Merged = _folder["merged"] })).Message);
        Assert.Contains("give two folders", Assert.Throws<IOException>(() => Run(Config() with { Merged = Output + "/" })).Message);
        Assert.False(Directory.Exists(Output) || Directory.Exists(_folder["runs"]));
    }

    [Fact]
    public void An_output_that_cannot_be_made_is_told_by_its_name_before_anything_is_trained()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /proc.");
        var error = Assert.Throws<IOException>(() => Run(Config() with { Output = "/proc/out" }));
        Assert.StartsWith("The output /proc/out cannot be made", error.Message);
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Fact]
    public async Task The_prediction_of_a_run_without_end_can_be_stopped()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var predicting = Task.Run(() => TrainRun.Predict(Config("steps: 2000000000\n"), null, stop.Token), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<OperationCanceledException>(() => predicting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_run_on_a_file_is_run_again_from_its_record_and_refused_where_the_file_changed()
    {
        var folder = Run(Config()).Run.Folder;
        Assert.Equal(ContentHash.Of(Records), RunSpec.Parse(RunRecord.Load(folder).Options, "options").Data.File!.Hash);
        Assert.True(RunReplay.Open(folder).Run(null, _folder["runs"], TestContext.Current.CancellationToken).Matched);
        File.AppendAllText(Records, """{"prompt": "Say more:", "completion": " more"}""" + "\n");
        Assert.Contains("is another now", Assert.Throws<InvalidDataException>(() => RunReplay.Open(folder)).Message);
    }

    [Fact]
    public void Full_fine_tuning_leaves_a_model_with_its_tokenizer()
    {
        var config = Config("epochs: 1\n");
        var result = Run(config with { Run = config.Run with { Lora = null } });
        Assert.Equal(3, result.Run.Steps.Count); // 9 examples in batches of 3
        using var model = CausalLM.Load(Output);
        Assert.Equal(result.Run.Record!.TrainedHash, TrainedHash.Of(model.named_parameters()));
        Assert.True(HuggingFaceTokenizer.Load(Output).VocabularySize > 0);
    }

    [Fact]
    public void A_run_is_predicted_with_nothing_loaded_or_kept()
    {
        var forecast = TrainRun.Predict(Config("epochs: 2\n"), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((6, 9, 4), (forecast.Spec.Training.Steps, forecast.Examples, forecast.Stages.Count));
        Assert.True(forecast.Seconds > 0);
        Assert.False(Directory.Exists(Output) || Directory.Exists(_folder["runs"]));
        var run = Run(Config("epochs: 2\n"));
        Assert.Equal(forecast.PeakBytes, run.Run.PredictedPeakBytes);
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_task_s_metrics_and_what_is_forgotten_are_taken_before_and_after()
    {
        var config = TrainConfig.Parse($"""
            model: {_model}
            data: {"{"}task: text-to-sql, examples: 4{"}"}
            steps: 1
            batch: 1
            evaluate: {"{"}task-examples: 2, text-examples: 1, validation-examples: 0, samples: 0{"}"}
            """);
        var evaluations = Run(config).Run.Record!.Evaluations!;
        Assert.Equal(["text-to-sql: exact match", "text-to-sql: execution"], evaluations.Take(2).Select(e => e.Name));
        Assert.Equal(0, evaluations[0].Before);
        Assert.Equal("general text: perplexity", evaluations[^1].Name);
    }

    [Fact]
    public void The_adapter_is_merged_where_that_is_asked_for()
    {
        var result = Run(Config() with { Merged = _folder["merged"] });
        Assert.Equal(_folder["merged"], result.Merged);
        using var merged = CausalLM.Load(_folder["merged"]);
        Assert.True(File.Exists(Path.Combine(_folder["merged"], "tokenizer.json")) || File.Exists(Path.Combine(_folder["merged"], "tokenizer.model")));
    }
}
