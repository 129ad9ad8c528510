using PeftLabs.Formats;
using PeftLabs.Labs;
using PeftLabs.Tests.Formats;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs;

[Collection("Memory")]
public class FineTuningTests
{
    // Its name finds the records that the runs leave.
    private readonly LabMethod _method = new($"resumed {Guid.NewGuid()}") { Lora = new LoraAdapterConfig { Rank = 2, Dropout = 0.1 } };

    private readonly TrainingOptions _options = new()
    {
        Steps = 6,
        Schedule = LearningRateSchedule.Constant,
        CheckpointEvery = 2,
        Accumulate = 2,
    };

    [Fact]
    public void A_run_goes_on_from_its_checkpoints_and_ends_with_the_same_bits_and_all_of_its_steps()
    {
        var folder = Shared.Fixture("models", "stories260K");
        var data = LabData.Text(HuggingFaceTokenizer.Load(folder), tokens: 16, examples: 9, batch: 2, seed: 3);
        using TemporaryFolder whole = new(), stopped = new();
        try
        {
            var first = FineTuning.Run(_method, folder, data, _options, checkpoints: whole.Path,
                cancellation: TestContext.Current.CancellationToken);
            FineTuning.Run(_method, folder, data, _options with { Steps = 3 }, checkpoints: stopped.Path,
                cancellation: TestContext.Current.CancellationToken);
            var second = FineTuning.Run(_method, folder, data, _options, checkpoints: stopped.Path,
                cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(first.Steps.Select(s => s.Loss), second.Steps.Select(s => s.Loss));
            Assert.Equal(6, RunRecord.LoadSteps(second.Folder).Count);
            foreach (var name in new[] { "adapter_model.safetensors", "optimizer.safetensors" })
                Assert.Equal(Bytes(whole, name), Bytes(stopped, name));
            var other = LabData.Text(HuggingFaceTokenizer.Load(folder), tokens: 16, examples: 9, batch: 2, seed: 4);
            var error = Assert.Throws<TrainingCheckpointException>(
                () => FineTuning.Run(_method, folder, other, _options, checkpoints: stopped.Path,
                cancellation: TestContext.Current.CancellationToken));
            Assert.Contains("Run.DataHash was", error.Message);
        }
        finally
        {
            Forget();
        }
    }

    [Fact]
    public void A_folder_of_checkpoints_wants_to_know_how_often()
    {
        var folder = Shared.Fixture("models", "stories260K");
        var data = LabData.Text(HuggingFaceTokenizer.Load(folder), tokens: 16, examples: 4, batch: 2, seed: 3);
        using var checkpoints = new TemporaryFolder();
        try
        {
            var error = Assert.Throws<ArgumentException>(
                () => FineTuning.Run(_method, folder, data, new TrainingOptions { Steps = 1 }, checkpoints: checkpoints.Path,
                cancellation: TestContext.Current.CancellationToken));
            Assert.Contains("CheckpointEvery is 0", error.Message);
        }
        finally
        {
            Forget();
        }
    }

    private static byte[] Bytes(TemporaryFolder folder, string name) => File.ReadAllBytes(Path.Combine(folder["step-000006"], name));

    private void Forget()
    {
        if (!Directory.Exists(LabPaths.Runs))
            return;
        foreach (var run in Directory.GetDirectories(LabPaths.Runs).Where(r => File.Exists(Path.Combine(r, RunRecord.FileName))))
            if (File.ReadAllText(Path.Combine(run, RunRecord.FileName)).Contains(_method.Name))
                Directory.Delete(run, recursive: true);
    }
}
