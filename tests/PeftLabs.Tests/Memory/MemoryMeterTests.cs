using System.Runtime.CompilerServices;
using System.Text.Json;
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
    public void Other_threads_count_while_attached()
    {
        using var meter = MemoryMeter.Start();
        torch.Tensor? unseen = null, seen = null;
        OnThread(() =>
        {
            unseen = Bytes(1000);
            using (meter.AttachThread())
            using (meter.AttachThread())
                seen = Bytes(10);
            Bytes(2000).Dispose();
        });
        Assert.Equal((10, 10), (meter.CurrentBytes, meter.PeakBytes));
        OnThread(() =>
        {
            using var scope = meter.Stage(MemoryStage.Forward);
            seen!.Dispose();
        });
        Assert.Equal(0, meter.CurrentBytes);
        unseen!.Dispose();
        Assert.Equal(0, meter.CurrentBytes);
    }

    [Fact]
    public void Many_threads_at_once_lose_nothing()
    {
        using var meter = MemoryMeter.Start();
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            using var attached = meter.AttachThread();
            for (var i = 0; i < 2000; i++)
                using (Bytes(100))
                    Bytes(50 + i % 7).Dispose();
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(0, meter.CurrentBytes);
        Assert.Equal(0, meter.UnseenFrees);
        Assert.InRange(meter.PeakBytes, 150, 4 * 156);
    }

    [Fact]
    public void A_free_that_was_not_seen_comes_to_light_when_the_address_is_used_again()
    {
        using var meter = MemoryMeter.Start(new() { MeterFinalizer = false });
        for (var attempt = 0; attempt < 100 && meter.UnseenFrees == 0; attempt++)
        {
            var tensor = Bytes(3_000_000);
            OnThread(tensor.Dispose);
            Bytes(3_000_000).Dispose();
        }
        Assert.True(meter.UnseenFrees > 0);
        Assert.Equal(meter.UnseenFrees, meter.Report().UnseenFrees);
    }

    [Fact]
    public void A_forgotten_tensor_is_freed_in_the_finalizer_and_seen()
    {
        using var meter = MemoryMeter.Start();
        Forget(123);
        Assert.Equal(123, meter.PeakBytes);
        for (var i = 0; i < 20 && meter.CurrentBytes > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Equal(0, meter.CurrentBytes);
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

    private static torch.Tensor Bytes(long count) => torch.empty(count, dtype: torch.int8);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(int bytes) => Bytes(bytes);

    private static void OnThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

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
