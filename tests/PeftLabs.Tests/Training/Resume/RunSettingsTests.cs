using PeftLabs.Models;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training.Resume;

[Collection("Memory")]
public class RunSettingsTests
{
    private static readonly TrainingOptions s_constant = TinyRun.Options with { Schedule = LearningRateSchedule.Constant };

    public static TheoryData<string> Refused => [.. Changes.Keys];

    private static Dictionary<string, TrainingOptions> Changes { get; } = new()
    {
        ["Seed was 5 and is 6"] = s_constant with { Seed = 6 },
        ["LearningRate was 0.02 and is 0.03"] = s_constant with { LearningRate = 0.03 },
        ["WarmupSteps was 2 and is 1"] = s_constant with { WarmupSteps = 1 },
        ["Schedule was Constant and is Linear"] = s_constant with { Schedule = LearningRateSchedule.Linear },
        ["Accumulate was 1 and is 2"] = s_constant with { Accumulate = 2 },
        ["Optimizer was AdamW and is Lion"] = s_constant with { Optimizer = OptimizerKind.Lion },
        ["WeightDecay was 0.01 and is 0"] = s_constant with { WeightDecay = 0 },
        ["MaxGradientNorm was 1 and is Infinity"] = s_constant with { MaxGradientNorm = double.PositiveInfinity },
        ["LabelSmoothing was 0 and is 0.1"] = s_constant with { LabelSmoothing = 0.1 },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_setting_that_changes_the_run_is_refused_by_name(string change)
    {
        using var folder = new TemporaryFolder();
        StopAt(folder.Path, s_constant, 4);
        using var run = new TinyRun(folder.Path, Changes[change]);
        var error = Assert.Throws<TrainingCheckpointException>(() => run.Go());
        Assert.Contains($"it belongs to another run: Training.{change}", error.Message);
        Assert.Equal(0, run.Trainer.StepsTaken);
        var untouched = run.Adapter!.Parts.Where(p => p.Name.Part == PeftLabs.Formats.AdapterPart.LoraB);
        Assert.All(untouched, b => Assert.Equal(0, b.Parameter.abs().sum().item<float>()));
    }

    [Fact]
    public void Another_adapter_another_model_and_another_fact_are_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        StopAt(folder.Path, s_constant, 3);
        using (var run = new TinyRun(folder.Path, s_constant, TinyRun.Lora with { Alpha = 32 }))
            Assert.Contains("Adapter.lora_alpha was 8 and is 32", Assert.Throws<TrainingCheckpointException>(() => run.Go()).Message);
        using (var run = new TinyRun(folder.Path, s_constant, config: TinyRun.OtherModel))
            Assert.Contains("Model.IntermediateSize was 64 and is 72", Assert.Throws<TrainingCheckpointException>(() => run.Go()).Message);
        using (var run = new TinyRun(folder.Path, s_constant, full: true))
            Assert.Contains("Adapter.r was 2 and is not set", Assert.Throws<TrainingCheckpointException>(() => run.Go()).Message);
        using (var run = new TinyRun(folder.Path, s_constant))
        {
            var facts = new Dictionary<string, string> { ["ModelHash"] = "abc" };
            using var checkpoints = new TrainingCheckpoints(folder.Path, run.Adapter) { Facts = facts };
            var error = Assert.Throws<TrainingCheckpointException>(() => checkpoints.Resume(run.Trainer));
            Assert.Contains("Run.ModelHash was not set and is abc", error.Message);
        }
    }

    [Fact]
    public void More_steps_are_the_same_run_where_the_rates_of_the_steps_taken_stay()
    {
        using TemporaryFolder whole = new(), folder = new();
        var longer = s_constant with { Steps = 9 };
        using (new TinyRun(whole.Path, longer).Go()) { }
        using (new TinyRun(folder.Path, s_constant).Go()) { }
        using (new TinyRun(folder.Path, longer with { CheckpointEvery = 4, KeepCheckpoints = 1 }).Go()) { }
        Assert.Equal(TinyRun.Bits(whole.Path), TinyRun.Bits(folder.Path));
        Assert.Single(TrainingCheckpointsTests.Names(folder.Path));
    }

    [Fact]
    public void More_steps_under_a_schedule_that_they_shape_are_another_run()
    {
        using var folder = new TemporaryFolder();
        StopAt(folder.Path, TinyRun.Options, 5);
        using var run = new TinyRun(folder.Path, TinyRun.Options with { Steps = 9 });
        var error = Assert.Throws<TrainingCheckpointException>(() => run.Go());
        Assert.Contains("Training.Steps was 6 and is 9", error.Message);
        Assert.Contains("learning rates", error.Message);
    }

    [Fact]
    public void What_changes_roundings_alone_is_let_through_with_a_warning()
    {
        using var folder = new TemporaryFolder();
        StopAt(folder.Path, TinyRun.Options, 3);
        using var run = new TinyRun(folder.Path, TinyRun.Options with { Checkpointing = CheckpointPolicy.Blocks }).Go();
        Assert.Contains("Training.Checkpointing was none and is blocks", Assert.Single(run.Warnings));
        Assert.Equal(6, run.Trainer.StepsTaken);
    }

    private static void StopAt(string folder, TrainingOptions options, int step)
    {
        using var run = new TinyRun(folder, options);
        Assert.Throws<OperationCanceledException>(() => run.Go(s => { if (s.Step == step) throw new OperationCanceledException(); }));
    }
}
