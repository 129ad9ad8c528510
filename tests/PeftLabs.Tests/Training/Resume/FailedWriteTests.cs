using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training.Resume;

[Collection("Memory")]
public class FailedWriteTests
{
    [Theory]
    [InlineData("adapter")]
    [InlineData("optimizer.safetensors")]
    [InlineData("random.safetensors")]
    [InlineData("trainer.json")]
    [InlineData("manifest.txt")]
    [InlineData("rename")]
    public void A_disk_full_at_any_moment_leaves_the_older_checkpoints_and_the_training_as_they_were(string moment)
    {
        using var whole = new TemporaryFolder();
        using (new TinyRun(whole.Path).Go()) { }
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder.Path);
        run.Begin = m => Fill(m == moment && run.Trainer.StepsTaken is 3 or 4);
        var error = Assert.Throws<TrainingCheckpointException>(() => run.Go());
        Assert.Contains("the checkpoint of step 3 could not be written; those before it and the training are as they were", error.Message);
        Assert.Contains("No space left on device", error.Message);
        Assert.Equal(["step-000001", "step-000002"], TrainingCheckpointsTests.Names(folder.Path));
        Assert.Empty(Directory.GetDirectories(folder.Path, ".*"));
        Assert.Throws<TrainingCheckpointException>(() => run.Continue());
        run.Continue();
        Assert.Equal(TinyRun.Bits(whole.Path), TinyRun.Bits(folder.Path));
    }

    [Fact]
    public void Where_the_caller_is_told_of_it_the_run_goes_on_to_the_next_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder.Path);
        List<string> failures = [];
        run.Trainer.Checkpoints = new TrainingCheckpoints(folder.Path, run.Adapter)
        {
            WriteFailed = e => failures.Add(e.Message),
            Begin = m => Fill(m == "trainer.json" && run.Trainer.StepsTaken is 2 or 3),
        };
        run.Continue();
        Assert.Equal(2, failures.Count);
        Assert.Equal(6, run.Trainer.StepsTaken);
        Assert.Equal(["step-000005", "step-000006"], TrainingCheckpointsTests.Names(folder.Path));
        run.Trainer.Checkpoints.Dispose();
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        using var run = new TinyRun(folder["file"]);
        var error = Assert.Throws<TrainingCheckpointException>(() => run.Go());
        Assert.Equal(folder["file"], error.Folder);
        Assert.Throws<TrainingCheckpointException>(() => run.Checkpoints.Save(run.Trainer));
    }

    [Fact]
    public void Checkpoints_without_a_folder_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder.Path);
        run.Trainer.Checkpoints = null;
        Assert.Contains("CheckpointEvery is 1", Assert.Throws<InvalidOperationException>(() => run.Continue()).Message);
    }

    [Fact]
    public void What_cannot_be_removed_any_more_does_not_stop_the_run()
    {
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder.Path);
        run.Begin = m => Fill(m == "prune" && run.Trainer.StepsTaken == 4);
        run.Go();
        Assert.Contains("older checkpoints could not be removed", Assert.Single(run.Warnings));
        Assert.Equal(["step-000005", "step-000006"], TrainingCheckpointsTests.Names(folder.Path));
    }

    private static void Fill(bool now)
    {
        if (now)
            throw new IOException("No space left on device");
    }
}
