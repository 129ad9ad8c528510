using PeftLabs.Memory;
using TorchSharp;

namespace PeftLabs.Tests.Memory;

[Collection("Memory")]
public sealed class MemoryMeterTests
{
    private static StageMemory Of(MemoryReport report, MemoryStage stage) => report.Find(stage)!;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1001)]
    public void A_tensor_counts_the_bytes_that_were_asked_for(int elements)
    {
        using var meter = MemoryMeter.Start();
        using (torch.empty(elements, dtype: torch.int8))
            Assert.Equal(elements, meter.CurrentBytes);
        Assert.Equal(0, meter.CurrentBytes);
        Assert.Equal(elements, meter.PeakBytes);
    }

    [Fact]
    public void Peak_is_the_most_alive_at_once()
    {
        using var meter = MemoryMeter.Start();
        using (torch.empty(100, dtype: torch.float32))
        using (torch.empty(50, dtype: torch.float64))
            Assert.Equal(800, meter.CurrentBytes);
        using (torch.empty(190, dtype: torch.float32))
            Assert.Equal(760, meter.CurrentBytes);
        Assert.Equal(800, meter.PeakBytes);
    }

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

    private static void Check(StageMemory stage, long endBytes, long[] peak, long[] end)
    {
        Assert.Equal(endBytes, stage.EndBytes);
        Assert.Equal(peak.Sum(), stage.PeakBytes);
        Assert.Equal(peak, stage.PeakCategories.OrderBy(c => c.Key).Select(c => c.Value));
        Assert.Equal(end, stage.EndCategories.OrderBy(c => c.Key).Select(c => c.Value));
    }
}
