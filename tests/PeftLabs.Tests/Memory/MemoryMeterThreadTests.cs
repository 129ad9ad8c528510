using System.Runtime.CompilerServices;
using PeftLabs.Memory;
using TorchSharp;
using static PeftLabs.Tests.Memory.MeteredTensors;

namespace PeftLabs.Tests.Memory;

/// <summary>What other threads, and the finalizer, allocate and free.</summary>
[Collection("Memory")]
public sealed class MemoryMeterThreadTests
{
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
}
