using PeftLabs.Memory;
using TorchSharp;
using static PeftLabs.Tests.Memory.MeteredTensors;

namespace PeftLabs.Tests.Memory;

/// <summary>Stages, and whose the bytes are in them.</summary>
[Collection("Memory")]
public sealed class MemoryMeterStageTests
{
    [Fact]
    public void Lifetime_decides_the_category()
    {
        using var meter = MemoryMeter.Start();
        using var weight = torch.empty(100, dtype: torch.int8);
        meter.Enter(MemoryStage.Forward);
        using var activation = torch.empty(10, dtype: torch.int8);
        torch.empty(7, dtype: torch.int8).Dispose();
        meter.Enter(MemoryStage.Backward);
        using var gradient = torch.empty(20, dtype: torch.int8);
        torch.empty(5, dtype: torch.int8).Dispose();
        activation.Dispose();
        meter.Enter(MemoryStage.OptimizerStep);
        using var moment = torch.empty(40, dtype: torch.int8);
        torch.empty(3, dtype: torch.int8).Dispose();
        meter.EndStep();

        var report = meter.Report();
        Assert.Equal(100, report.LoadedBytes);
        Check(Of(report, MemoryStage.Load), 100, [100, 0, 0, 0, 0, 0], [100, 0, 0, 0, 0, 0]);
        Check(Of(report, MemoryStage.Forward), 110, [100, 0, 0, 0, 10, 7], [100, 0, 0, 0, 10, 0]);
        Check(Of(report, MemoryStage.Backward), 120, [100, 0, 20, 0, 10, 5], [100, 0, 20, 0, 0, 0]);
        Check(Of(report, MemoryStage.OptimizerStep), 160, [100, 0, 20, 40, 0, 3], [100, 0, 20, 40, 0, 0]);
        Assert.Equal(163, report.PeakBytes);
        Assert.Equal(MemoryStage.OptimizerStep, report.PeakStage);
    }

    [Fact]
    public void An_ambient_category_wins_over_the_lifetime_and_the_inner_one_over_the_outer()
    {
        using var meter = MemoryMeter.Start();
        using var kept = new Disposables();
        using (MemoryMeter.Category(MemoryCategory.Adapters))
        {
            kept.Add(Bytes(1));
            using (MemoryMeter.Category(MemoryCategory.Workspace))
                kept.Add(Bytes(2));
            kept.Add(Bytes(4));
        }
        kept.Add(Bytes(8));
        meter.Enter(MemoryStage.Forward);
        using (MemoryMeter.Category(MemoryCategory.Activations))
            Bytes(16).Dispose();
        Check(Of(meter.Report(), MemoryStage.Load), 15, [8, 5, 0, 0, 0, 2], [8, 5, 0, 0, 0, 2]);
        Check(Of(meter.Report(), MemoryStage.Forward), 15, [8, 5, 0, 0, 16, 2], [8, 5, 0, 0, 0, 2]);
    }

    [Fact]
    public void A_category_without_a_meter_does_nothing()
    {
        using (MemoryMeter.Category(MemoryCategory.Adapters))
            Bytes(10).Dispose();
        using var meter = MemoryMeter.Start();
        using var tensor = Bytes(10);
        Check(Of(meter.Report(), MemoryStage.Load), 10, [10, 0, 0, 0, 0, 0], [10, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void A_stage_scope_restores_the_stage_before_but_never_loading()
    {
        using var meter = MemoryMeter.Start();
        using var kept = new Disposables();
        using (meter.Stage(MemoryStage.Load))
            kept.Add(Bytes(1));
        using (meter.Stage(MemoryStage.Forward))
        {
            using (meter.Stage(MemoryStage.Load))
                kept.Add(Bytes(2));
            kept.Add(Bytes(4));
        }
        kept.Add(Bytes(8));
        using (meter.Stage(MemoryStage.Backward))
            kept.Add(Bytes(16));
        var report = meter.Report();
        Check(Of(report, MemoryStage.Load), 3, [3, 0, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0]);
        Check(Of(report, MemoryStage.Forward), 7, [3, 0, 0, 0, 4, 0], [3, 0, 0, 0, 4, 0]);
        Check(Of(report, MemoryStage.Backward), 31, [3, 0, 16, 0, 4, 8], [3, 0, 16, 0, 4, 8]);
        Assert.Null(report.Find(MemoryStage.OptimizerStep));
    }

    [Fact]
    public void Ends_are_of_the_last_completed_step_and_peaks_of_the_largest()
    {
        using var meter = MemoryMeter.Start();
        foreach (var bytes in (int[])[5, 9, 7])
        {
            meter.Enter(MemoryStage.Forward);
            using var activation = Bytes(bytes);
            meter.EndStep();
        }
        Assert.Equal(7, meter.StepPeakBytes);
        meter.Enter(MemoryStage.Forward);
        using var unfinished = Bytes(8);
        Assert.Equal(8, meter.StepPeakBytes);
        Check(Of(meter.Report(), MemoryStage.Forward), 7, [0, 0, 0, 0, 9, 0], [0, 0, 0, 0, 7, 0]);
    }

    private static StageMemory Of(MemoryReport report, MemoryStage stage) => report.Find(stage)!;

    private static void Check(StageMemory stage, long endBytes, long[] peak, long[] end)
    {
        Assert.Equal(endBytes, stage.EndBytes);
        Assert.Equal(peak.Sum(), stage.PeakBytes);
        Assert.Equal(peak, stage.PeakCategories.OrderBy(c => c.Key).Select(c => c.Value));
        Assert.Equal(end, stage.EndCategories.OrderBy(c => c.Key).Select(c => c.Value));
    }

    private sealed class Disposables : List<IDisposable>, IDisposable
    {
        public void Dispose() => ForEach(d => d.Dispose());
    }
}
