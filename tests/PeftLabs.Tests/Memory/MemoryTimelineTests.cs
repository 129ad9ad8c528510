using PeftLabs.Memory;

namespace PeftLabs.Tests.Memory;

public sealed class MemoryTimelineTests
{
    [Fact]
    public void A_million_samples_stay_bounded_and_keep_the_maximum_and_the_ends()
    {
        var timeline = new MemoryTimeline(100);
        var random = new Random(1);
        var highest = default(MemorySample);
        for (var i = 0; i < 1_000_000; i++)
        {
            var sample = new MemorySample(i * 3.7e-6, random.NextInt64(1 << 30), (MemoryStage)(i / 250_000));
            if (sample.Bytes > highest.Bytes)
                highest = sample;
            timeline.Add(sample);
        }
        var kept = timeline.ToList();
        Assert.InRange(kept.Count, 50, 100);
        Assert.Contains(highest, kept);
        Assert.Equal(kept.OrderBy(s => s.Seconds), kept);
        Assert.InRange(kept[0].Seconds, 0, 0.2);
        Assert.InRange(kept[^1].Seconds, 3.5, 3.7);
    }

    [Fact]
    public void Every_quarter_of_a_long_timeline_keeps_its_own_maximum()
    {
        var timeline = new MemoryTimeline(64);
        for (var i = 0; i < 40_000; i++)
            timeline.Add(new(i * 1e-3, i % 10_000 == 5_000 ? 1000 + i : 7, MemoryStage.Forward));
        Assert.Equal([6000, 16000, 26000, 36000], timeline.ToList().Where(s => s.Bytes > 7).Select(s => s.Bytes));
    }

    [Fact]
    public void Few_samples_far_apart_are_all_kept()
    {
        var timeline = new MemoryTimeline(16);
        MemorySample[] samples = [new(0, 5, MemoryStage.Load), new(0.5, 9, MemoryStage.Forward), new(1, 2, MemoryStage.Backward)];
        foreach (var sample in samples)
            timeline.Add(sample);
        Assert.Equal(samples, timeline.ToList());
    }

    [Fact]
    public void A_long_silence_is_no_sample()
    {
        var timeline = new MemoryTimeline(16);
        timeline.Add(new(0, 5, MemoryStage.Load));
        timeline.Add(new(86_400, 6, MemoryStage.Load));
        Assert.Equal(2, timeline.ToList().Count);
    }
}
