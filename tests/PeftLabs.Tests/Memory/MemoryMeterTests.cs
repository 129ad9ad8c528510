using System.Text.Json;
using PeftLabs.Memory;
using TorchSharp;
using static PeftLabs.Tests.Memory.MeteredTensors;

namespace PeftLabs.Tests.Memory;

[Collection("Memory")]
public sealed class MemoryMeterTests
{
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
    public void What_comes_and_goes_in_a_pause_leaves_no_trace_and_what_stays_counts_after_it()
    {
        using var meter = MemoryMeter.Start();
        using var before = Bytes(100);
        var (freed, samples) = (Bytes(50), meter.Timeline.Count);
        torch.Tensor? kept;
        using (meter.Pause())
        {
            Bytes(1000).Dispose();
            freed.Dispose();
            kept = Bytes(300);
            Assert.Equal((150, samples), (meter.PeakBytes, meter.Timeline.Count));
        }
        Assert.Equal((400, 400), (meter.CurrentBytes, meter.PeakBytes));
        kept.Dispose();
        Assert.Equal((100, 0), (meter.CurrentBytes, meter.UnseenFrees));
        using var after = Bytes(500);
        Assert.Equal(600, meter.PeakBytes);
    }

    [Fact]
    public void What_is_alive_before_the_start_is_not_counted_and_its_free_is_ignored()
    {
        var before = Bytes(1000);
        using var meter = MemoryMeter.Start();
        using var counted = Bytes(10);
        before.Dispose();
        Assert.Equal(10, meter.CurrentBytes);
    }

    [Fact]
    public void A_meter_starts_from_zero_each_time_and_keeps_its_figures_when_disposed()
    {
        for (var i = 0; i < 50; i++)
        {
            var meter = MemoryMeter.Start();
            using var tensor = Bytes(64 + i);
            meter.Dispose();
            meter.Dispose();
            using var later = Bytes(1000);
            Assert.Equal((64 + i, 64 + i), (meter.CurrentBytes, meter.PeakBytes));
            Assert.Throws<ObjectDisposedException>(() => meter.Enter(MemoryStage.Forward));
            Assert.Throws<ObjectDisposedException>(meter.EndStep);
            Assert.Throws<ObjectDisposedException>(meter.AttachThread);
        }
    }

    [Fact]
    public void A_second_meter_is_refused_and_the_first_goes_on()
    {
        Assert.True(MemoryMeter.IsSupported);
        using var meter = MemoryMeter.Start();
        Assert.Contains("running already", Assert.Throws<InvalidOperationException>(() => MemoryMeter.Start()).Message);
        using var tensor = Bytes(10);
        Assert.Equal(10, meter.CurrentBytes);
    }

    [Fact]
    public void Timeline_begins_and_ends_with_the_run_and_holds_the_peak()
    {
        using var meter = MemoryMeter.Start(new() { TimelineSamples = 16 });
        for (var i = 0; i < 3000; i++)
            using (Bytes(i == 1234 ? 100_000 : 100))
                if (i == 2000)
                    meter.Enter(MemoryStage.Backward);
        Assert.InRange(meter.Timeline.Count, 4, 16);
        Assert.Equal((100_000, MemoryStage.Load), (meter.Timeline.Max(s => s.Bytes), meter.Timeline.MaxBy(s => s.Bytes).Stage));
        Assert.Equal(MemoryStage.Backward, meter.Timeline[^1].Stage);
    }

    [Fact]
    public void A_report_survives_json_with_stages_by_name()
    {
        using var meter = MemoryMeter.Start();
        using var weight = Bytes(100);
        meter.Enter(MemoryStage.Forward);
        var report = meter.Report();
        Assert.True(report.PeakResidentBytes >= report.ResidentBytes * 0.9 && report.ResidentBytes > 1 << 20);
        var json = JsonSerializer.Serialize(report);
        Assert.Contains("\"Stage\":\"Forward\"", json);
        Assert.Contains("\"EndCategories\":{\"Weights\":100,\"Adapters\":0", json);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<MemoryReport>(json)));
    }

    [Fact]
    public void Another_device_is_not_counted()
    {
        using var meter = MemoryMeter.Start(new() { Device = new torch.Device(DeviceType.CUDA, 0) });
        using var tensor = Bytes(100);
        Assert.Equal(0, meter.PeakBytes);
    }

    [Fact]
    public void A_timeline_of_no_size_is_refused() => Assert.Contains("between 16 and 1000000",
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryMeterOptions { TimelineSamples = 1 }).Message);

    [Fact(Explicit = true)]
    public void Cost_of_a_hundred_thousand_pairs()
    {
        foreach (var round in Enumerable.Range(0, 3))
        {
            var without = NanosecondsPerPair();
            using var meter = MemoryMeter.Start();
            var with = NanosecondsPerPair();
            TestContext.Current.TestOutputHelper!.WriteLine($"{without:0} ns a pair without the meter, {with:0} ns with it");
        }
    }

    private static double NanosecondsPerPair()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 100_000; i++)
            Bytes(256).Dispose();
        return clock.Elapsed.TotalNanoseconds / 100_000;
    }
}
