using PeftLabs.Models;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training.Resume;

[Collection("Memory")]
public class ResumeTests
{
    public static TheoryData<OptimizerKind, bool> Optimizers
    {
        get
        {
            var data = new TheoryData<OptimizerKind, bool>();
            foreach (var kind in Enum.GetValues<OptimizerKind>())
            {
                data.Add(kind, false);
                data.Add(kind, true);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Stopped_after_every_step_and_resumed_it_ends_with_the_bits_of_a_run_never_stopped(OptimizerKind optimizer, bool full) =>
        StopAfterEveryStep(TinyRun.Options with { Optimizer = optimizer, GaLoreRank = 4, GaLoreInterval = 2 }, full);

    [Theory]
    [InlineData(LearningRateSchedule.Constant, 3, "none")]
    [InlineData(LearningRateSchedule.Linear, 2, "none")]
    [InlineData(LearningRateSchedule.Cosine, 3, "blocks")]
    public void So_does_one_with_accumulation_and_checkpointing(LearningRateSchedule schedule, int accumulate, string checkpointing) =>
        StopAfterEveryStep(TinyRun.Options with
        {
            Schedule = schedule,
            Accumulate = accumulate,
            Checkpointing = CheckpointPolicy.Parse(checkpointing),
        }, false);

    [Fact]
    public void Stopped_at_every_moment_of_writing_a_checkpoint_it_ends_with_the_same_bits()
    {
        using var whole = new TemporaryFolder();
        var moments = 0;
        using (var run = new TinyRun(whole.Path))
        {
            run.Begin = _ => moments++;
            run.Go();
        }
        Assert.True(moments >= 6 * TinyRun.Options.Steps, $"only {moments} moments");
        using var stopped = new TemporaryFolder();
        // Each life is stopped at another moment of its checkpoints than the one before it.
        for (var moment = 1; moment <= moments; moment++)
        {
            using var run = new TinyRun(stopped.Path);
            var left = moment % 9 + 1;
            run.Begin = _ => Stop(--left == 0);
            if (Stopped(() => run.Go()) is false)
                break;
        }
        using (var run = new TinyRun(stopped.Path))
            run.Go();
        Assert.Equal(TinyRun.Bits(whole.Path), TinyRun.Bits(stopped.Path));
    }

    [Fact]
    public void Resumed_the_records_of_all_steps_are_there_and_the_losses_the_same()
    {
        using TemporaryFolder whole = new(), stopped = new();
        using var first = new TinyRun(whole.Path).Go();
        using (var run = new TinyRun(stopped.Path))
            Stopped(() => run.Go(step => Stop(step.Step == 4)));
        using var second = new TinyRun(stopped.Path).Go();
        Assert.Equal(first.Trainer.Records.Select(Numbers), second.Trainer.Records.Select(Numbers));
        Assert.Equal(6, second.Trainer.StepsTaken);
        Assert.Equal(6, second.Trainer.BatchesSeen);

        static (long, double, double, double?, long) Numbers(StepRecord r) => (r.Step, r.Loss, r.LearningRate, r.GradientNorm, r.Tokens);
    }

    [Fact]
    public void The_loss_scaler_goes_on_where_it_stood()
    {
        using var folder = new TemporaryFolder();
        using (var run = new TinyRun(folder.Path))
        {
            run.Trainer.LossScaling = new LossScalerState(4096, 17, 0b101);
            run.Go();
        }
        using var resumed = new TinyRun(folder.Path);
        resumed.Checkpoints.Resume(resumed.Trainer);
        Assert.Equal(new LossScalerState(4096, 17 + 6, 0b101 << 6), resumed.Trainer.LossScaling);
    }

    [Fact]
    public void A_finished_run_resumed_takes_no_step_more()
    {
        using var folder = new TemporaryFolder();
        using (new TinyRun(folder.Path).Go()) { }
        var bits = TinyRun.Bits(folder.Path);
        using var again = new TinyRun(folder.Path).Go();
        Assert.Equal(6, again.Trainer.StepsTaken);
        Assert.Equal(bits, TinyRun.Bits(folder.Path));
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.AdamW8Bit)]
    public void So_does_one_whose_step_is_fused_into_backward(OptimizerKind optimizer) => StopAfterEveryStep(
        TinyRun.Options with { FusedStep = true, MaxGradientNorm = double.PositiveInfinity, Optimizer = optimizer, Accumulate = 2 }, true);

    [Fact]
    public void State_in_eight_bits_stays_in_eight_bits()
    {
        using var folder = new TemporaryFolder();
        using (new TinyRun(folder.Path, TinyRun.Options with { Optimizer = OptimizerKind.AdamW8Bit }, full: true).Go()) { }
        using var file = PeftLabs.Formats.SafeTensorsFile.Open(Path.Combine(folder["step-000006"], "optimizer.safetensors"));
        var large = file.Tensors.Where(t => t.Name.StartsWith("model.embed_tokens.weight/", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, large.Count(t => t.Type == PeftLabs.Formats.SafeTensorType.UInt8));
    }

    private static void StopAfterEveryStep(TrainingOptions options, bool full)
    {
        using TemporaryFolder whole = new(), stopped = new();
        using (new TinyRun(whole.Path, options, full: full).Go()) { }
        for (var life = 1; life < options.Steps; life++)
        {
            using var run = new TinyRun(stopped.Path, options, full: full);
            // The step in which it stops is not saved any more, and is taken again.
            Assert.True(Stopped(() => run.Go(step => Stop(step.Step == life + 1))));
        }
        using (var last = new TinyRun(stopped.Path, options, full: full).Go())
            Assert.Equal(options.Steps, last.Trainer.StepsTaken);
        Assert.Equal(TinyRun.Bits(whole.Path), TinyRun.Bits(stopped.Path));
    }

    private static void Stop(bool now)
    {
        if (now)
            throw new OperationCanceledException();
    }

    private static bool Stopped(Action run)
    {
        try
        {
            run();
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
