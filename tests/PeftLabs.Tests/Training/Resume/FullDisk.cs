using PeftLabs.Training;

namespace PeftLabs.Tests.Training.Resume;

/// <summary>Training in a folder on a small disk of its own, which is full for a while.</summary>
internal static class FullDisk
{
    /// <summary>Trains until the disk is full, frees it, goes on, and copies the last checkpoint to where it can be looked at.</summary>
    public static int Run(string small, string copy)
    {
        using var run = new TinyRun(Path.Combine(small, "run"), Trainee.Options);
        List<string> errors = [];
        var filler = Path.Combine(small, "filler");
        run.Checkpoints.Resume(run.Trainer);
        while (run.Trainer.StepsTaken < Trainee.Options.Steps)
        {
            try
            {
                run.Continue(step =>
                {
                    if (step.Step == 4)
                        FillUp(filler);
                    if (step.Step == 8)
                        File.Delete(filler);
                });
            }
            catch (TrainingCheckpointException e)
            {
                errors.Add($"{string.Join(' ', TrainingCheckpointsTests.Names(run.Checkpoints.Folder))}: {e.Message}");
            }
        }
        errors.ForEach(Console.WriteLine);
        var last = run.Checkpoints.FindLatest()!.Folder;
        var target = Directory.CreateDirectory(Path.Combine(copy, Path.GetFileName(last)));
        foreach (var file in Directory.GetFiles(last))
            File.Copy(file, Path.Combine(target.FullName, Path.GetFileName(file)));
        return 0;
    }

    // Some kilobytes stay, so that a checkpoint fails in the middle and not at its first byte.
    private static void FillUp(string path)
    {
        using var file = File.Create(path);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            file.SetLength(Math.Max(0, file.Length / 4096 - 4) * 4096);
        }
    }
}
