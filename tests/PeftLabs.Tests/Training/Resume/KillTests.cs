using System.Diagnostics;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Training.Resume;

[Collection("Memory")]
[Trait("Speed", "Slow")]
public class KillTests
{
    private static readonly string[] s_moments =
        ["adapter", "optimizer.safetensors", "random.safetensors", "trainer.json", "manifest.txt", "rename", "prune"];

    // Fifty kills take a minute or more; the gate is content with ten.
    private static readonly int s_kills = int.Parse(Environment.GetEnvironmentVariable("PEFTLABS_KILLS") ?? "10");

    [Fact]
    public void Killed_again_and_again_at_random_moments_a_run_ends_with_the_bits_of_one_never_killed()
    {
        // About as many steps as so many lives take, so that most kills hit one run.
        var steps = 3 * s_kills;
        var never = NeverKilled(steps);
        var random = new Random(11);
        var (kills, furthest, folder) = (0, 0, new TemporaryFolder());
        HashSet<string> halfWritten = [];
        var clock = Stopwatch.StartNew();
        while (kills < s_kills)
        {
            if (Live(folder.Path, steps, random, kills))
            {
                kills++;
                furthest = Math.Max(furthest, TrainingCheckpointsTests.Names(folder.Path).Select(n => int.Parse(n[5..])).LastOrDefault());
                halfWritten.UnionWith(Directory.GetDirectories(folder.Path, ".step-*.tmp"));
                continue;
            }
            // It came to its end between two kills: another begins.
            Assert.Equal(never, TinyRun.Bits(folder.Path));
            folder.Dispose();
            folder = new();
        }
        TestContext.Current.SendDiagnosticMessage(
            $"{kills} kills in {clock.Elapsed.TotalSeconds:0} s, {halfWritten.Count} left a half-written checkpoint; {furthest} of {steps} steps");
        Assert.True(furthest > s_kills / 2, $"the kills came before anything was trained: only {furthest} steps of {steps} were reached");
        using (var last = new TraineeProcess(folder.Path, $"{steps}"))
            last.End();
        Assert.Equal(never, TinyRun.Bits(folder.Path));
        Assert.Empty(Directory.GetDirectories(folder.Path, ".*"));
        folder.Dispose();
    }

    [Fact]
    public void Killed_at_each_moment_of_writing_a_checkpoint_it_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        foreach (var (i, moment) in s_moments.Index())
        {
            using var trainee = new TraineeProcess(folder.Path, $"{Trainee.Options.Steps}", $"{3 * i + 3}", moment);
            Assert.True(trainee.WaitFor(Trainee.Waiting), $"the moment '{moment}' never came");
            Assert.True(trainee.Kill());
            var step = 3 * i + (moment == "prune" ? 3 : 2);
            Assert.Equal($"step-{step:000000}", TrainingCheckpointsTests.Names(folder.Path)[^1]);
            Assert.Equal(moment == "prune" ? 0 : 1, Directory.GetDirectories(folder.Path, ".step-*.tmp").Length);
        }
        using (var last = new TraineeProcess(folder.Path, $"{Trainee.Options.Steps}"))
            last.End();
        Assert.Equal(NeverKilled(Trainee.Options.Steps), TinyRun.Bits(folder.Path));
    }

    [Fact]
    public void On_a_disk_that_is_full_for_a_while_nothing_is_lost()
    {
        using TemporaryFolder small = new(), copy = new();
        string[] mount = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=400k tmpfs \"$0\" && exec \"$@\"", small.Path];
        Assert.SkipUnless(CanMount(mount), "no small disk can be mounted here");
        using var trainee = new TraineeProcess(mount, ["fill", small.Path, copy.Path]);
        var errors = trainee.End().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(errors.Length >= 1, "the disk was never full");
        Assert.StartsWith("step-000002 step-000003: ", errors[0]);
        Assert.Contains("the checkpoint of step 4 could not be written", errors[0]);
        Assert.Equal(NeverKilled(Trainee.Options.Steps), TinyRun.Bits(copy.Path));
    }

    // One life: a quarter is killed at some time after the start, the others at some time after some part of some checkpoint was begun,
    // so that they get on however slow the machine is. True where it was killed.
    private static bool Live(string folder, int steps, Random random, int kills)
    {
        using var trainee = new TraineeProcess(folder, $"{steps}");
        if (kills % 4 == 0)
            Thread.Sleep(random.Next(50, 600));
        else
            trainee.Read(random.Next(1, 6 * s_moments.Length));
        if (kills % 4 != 0 && random.Next(2) == 0)
            Thread.Sleep(random.Next(0, 10));
        return trainee.Kill();
    }

    // By a process as well, since the threads that compute are as many in each.
    private static string NeverKilled(int steps)
    {
        using var folder = new TemporaryFolder();
        using (var trainee = new TraineeProcess(folder.Path, $"{steps}"))
            trainee.End();
        return TinyRun.Bits(folder.Path);
    }

    /// <summary>Whether a command that mounts a disk, and then runs its last arguments, does so here.</summary>
    internal static bool CanMount(string[] mount)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        using var process = Process.Start(new ProcessStartInfo(mount[0], [.. mount[1..], "true"]) { RedirectStandardError = true });
        process!.WaitForExit();
        return process.ExitCode == 0;
    }
}
