using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;
using TorchSharp;

namespace PeftLabs.Tests.Training.Resume;

[Collection("Memory")]
public class TrainingCheckpointsTests
{
    public static TheoryData<string, string> Damages
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] files = ["adapter_config.json", "adapter_model.safetensors", "optimizer.safetensors", "random.safetensors",
                "trainer.json", "steps.jsonl", "manifest.txt"];
            foreach (var file in files)
                foreach (var damage in new[] { "cut", "flipped", "emptied", "deleted" })
                    data.Add(file, damage);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_checkpoint_is_named_and_the_one_before_it_used(string file, string damage)
    {
        using var folder = new TemporaryFolder();
        using (new TinyRun(folder.Path).Go()) { }
        var bits = TinyRun.Bits(folder.Path);
        Damage(Path.Combine(folder["step-000006"], file), damage);
        using var run = new TinyRun(folder.Path);
        Assert.Equal(5, run.Checkpoints.Resume(run.Trainer)!.Step);
        var warning = Assert.Single(run.Warnings);
        Assert.Contains("step-000006 is damaged", warning);
        Assert.Contains($"{file} ", warning);
        Assert.Contains("step-000005 is used instead", warning);
        run.Continue();
        Assert.Equal(bits, TinyRun.Bits(folder.Path));
        Assert.Equal(["step-000005", "step-000006"], Names(folder.Path));
    }

    [Fact]
    public void Every_flipped_byte_shows()
    {
        using var folder = new TemporaryFolder();
        using (new TinyRun(folder.Path, TinyRun.Options with { Steps = 2 }).Go()) { }
        var random = new Random(3);
        foreach (var path in Directory.GetFiles(folder["step-000002"]))
        {
            var whole = File.ReadAllBytes(path);
            for (var i = 0; i < 40; i++)
            {
                var bytes = whole.ToArray();
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, bytes);
                var damage = Assert.Single(CheckpointManifest.Damage(folder["step-000002"]));
                Assert.StartsWith(Path.GetFileName(path), damage);
            }
            File.WriteAllBytes(path, whole);
            Assert.Empty(CheckpointManifest.Damage(folder["step-000002"]));
        }
    }

    [Fact]
    public void Where_none_is_whole_the_run_does_not_start_anew_in_silence()
    {
        using var folder = new TemporaryFolder();
        using (new TinyRun(folder.Path).Go()) { }
        Damage(Path.Combine(folder["step-000005"], "trainer.json"), "cut");
        Damage(Path.Combine(folder["step-000006"], "optimizer.safetensors"), "deleted");
        using var run = new TinyRun(folder.Path);
        var error = Assert.Throws<TrainingCheckpointException>(() => run.Checkpoints.Resume(run.Trainer));
        Assert.Contains("no checkpoint is whole", error.Message);
        Assert.Contains("trainer.json has ", error.Message);
        Assert.Contains("optimizer.safetensors is missing", error.Message);
        Assert.Equal(["step-000005", "step-000006"], Names(folder.Path));
    }

    [Fact]
    public void Where_there_never_was_one_the_run_starts_fresh()
    {
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder["new"]);
        Assert.Null(run.Checkpoints.FindLatest());
        Assert.Null(run.Checkpoints.Resume(run.Trainer));
        Assert.Equal(0, run.Trainer.StepsTaken);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(2, 4)]
    public void The_last_k_are_kept_and_an_older_one_goes_only_when_the_new_one_stands(int keep, int every)
    {
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder.Path, TinyRun.Options with { KeepCheckpoints = keep, CheckpointEvery = every });
        run.Begin = moment =>
        {
            var standing = Names(folder.Path).Length;
            Assert.Equal(moment == "prune" ? standing : Math.Min(keep, (run.Trainer.StepsTaken - 1) / every), standing);
            Assert.True(moment != "prune" || Names(folder.Path).Contains($"step-{run.Trainer.StepsTaken:000000}"));
        };
        run.Go();
        var steps = Enumerable.Range(1, 6).Where(s => s % every == 0 || s == 6).TakeLast(keep);
        Assert.Equal(steps.Select(s => $"step-{s:000000}"), Names(folder.Path));
        Assert.Empty(Directory.GetDirectories(folder.Path, ".*"));
    }

    [Fact]
    public void Resumed_it_keeps_those_of_the_life_before()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options with { KeepCheckpoints = 3 };
        using (var run = new TinyRun(folder.Path, options))
            Assert.Throws<OperationCanceledException>(() => run.Go(s => { if (s.Step == 4) throw new OperationCanceledException(); }));
        Assert.Equal(["step-000001", "step-000002", "step-000003"], Names(folder.Path));
        using (var run = new TinyRun(folder.Path, options))
            Assert.Throws<OperationCanceledException>(() => run.Go(s => { if (s.Step == 5) throw new OperationCanceledException(); }));
        Assert.Equal(["step-000002", "step-000003", "step-000004"], Names(folder.Path));
    }

    [Fact]
    public void What_a_killed_run_left_half_written_is_cleared_away_and_other_files_stay()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder[".step-000003.abcdefgh.ijk.tmp"]);
        File.WriteAllText(Path.Combine(folder[".step-000003.abcdefgh.ijk.tmp"], "adapter_config.json"), "{");
        Directory.CreateDirectory(folder["notes"]);
        using var run = new TinyRun(folder.Path).Go();
        Assert.Equal(["step-000005", "step-000006"], Names(folder.Path));
        Assert.Equal(3, Directory.GetDirectories(folder.Path).Length);
    }

    [Fact]
    public void A_run_that_did_not_resume_leaves_an_earlier_runs_checkpoints_alone()
    {
        using var folder = new TemporaryFolder();
        using (new TinyRun(folder.Path).Go()) { }
        using var run = new TinyRun(folder.Path);
        var error = Assert.Throws<TrainingCheckpointException>(() => run.Continue());
        Assert.Contains("holds step-000006 of an earlier run", error.Message);
        Assert.Equal(["step-000005", "step-000006"], Names(folder.Path));
    }

    [Fact]
    public void Two_runs_do_not_share_a_folder()
    {
        using var folder = new TemporaryFolder();
        using var first = new TinyRun(folder.Path).Go();
        using var second = new TinyRun(folder.Path);
        Assert.Contains("cannot be used for checkpoints", Assert.Throws<TrainingCheckpointException>(() => second.Go()).Message);
    }

    [Fact]
    public void A_checkpoint_is_an_adapter_that_loads_as_any_other()
    {
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder.Path).Go();
        using var model = CausalLM.Random(run.Model.Config, 1);
        using var adapter = LoraAdapter.Load(model, folder["step-000006"]);
        foreach (var ((name, loaded), (trainedName, trained)) in adapter.NamedParameters.Zip(run.Adapter!.NamedParameters))
        {
            Assert.Equal(trainedName, name);
            Assert.Equal(trained.data<float>().ToArray(), loaded.data<float>().ToArray());
        }
    }

    [Fact]
    public void Saving_and_resuming_leave_no_tensor_behind()
    {
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder.Path, TinyRun.Options with { CheckpointEvery = 0 }).Go();
        using var scope = torch.NewDisposeScope();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        run.Checkpoints.Save(run.Trainer);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        run.Checkpoints.Resume(run.Trainer);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void After_a_step_that_failed_there_is_nothing_to_save()
    {
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder.Path, full: true);
        Assert.Throws<TrainingException>(() => run.Go(_ =>
        {
            using var no = torch.no_grad();
            run.Model.FinalNorm.Weight.fill_(float.NaN);
        }));
        Assert.Contains("Step 2 was broken off", Assert.Throws<InvalidOperationException>(() => run.Checkpoints.Save(run.Trainer)).Message);
        Assert.Equal(["step-000001"], Names(folder.Path));
    }

    internal static string[] Names(string folder) =>
        [.. Directory.GetDirectories(folder, "step-*").Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    private static void Damage(string path, string how)
    {
        var bytes = File.ReadAllBytes(path);
        if (how == "deleted")
            File.Delete(path);
        else if (how == "flipped")
        {
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(path, bytes);
        }
        else
            File.WriteAllBytes(path, how == "cut" ? bytes[..(bytes.Length / 2)] : []);
    }
}
