using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Quantization.Streaming;

[Collection("Memory")]
public class WeightStreamTests
{
    public static TheoryData<string> Formats =>
        ["nf4", "nf4-dq", "nf4-dq:32", "fp4", "int8", "int8:64", "int8-row", "bfloat16", "float16", "float32"];

    [Theory, MemberData(nameof(Formats))]
    public void What_is_streamed_decodes_and_multiplies_to_the_bits_of_what_is_held(string format)
    {
        using var scope = NewDisposeScope();
        using var fixture = new StreamFixture([(format, 37, 33), (format, 1, 5)], [(format, 8, 33)], [(format, 37, 33), (format, 1, 5)]);
        using var stream = new WeightStream(fixture.Layout, fixture.OpenFile(), CPU);
        foreach (var group in new[] { 0, 1, 2, 1, 0, 2, 0 })
            foreach (var (index, matrix) in fixture.Layout.Groups[group].Index())
            {
                var (held, x, g) = (fixture.Held[matrix.Name], randn(6, matrix.Columns), randn(6, matrix.Rows));
                AssertSame(held.Decode(0, matrix.Rows), stream.Use(group, index, w => w.Decode(0, matrix.Rows)));
                AssertSame(held.Multiply(x), stream.Use(group, index, w => w.Multiply(x)));
                AssertSame(held.Multiply(x[..1]), stream.Use(group, index, w => w.Multiply(x[..1])));
                AssertSame(held.MultiplyTransposed(g), stream.Use(group, index, w => w.MultiplyTransposed(g)));
            }
    }

    [Fact]
    public void The_next_group_is_read_while_this_one_is_used()
    {
        using var fixture = new StreamFixture([("nf4", 4, 64)], [("nf4", 4, 64)], [("nf4", 4, 64)], [("nf4", 4, 64)]);
        var source = fixture.Gated();
        using var stream = new WeightStream(fixture.Layout, source, CPU);
        source.Open(1);
        var used = stream.Use(0, 0, _ => source.NextAsked());
        Assert.Equal(0, used); // the first had to be waited for
        Assert.Equal(1, source.NextAsked()); // and nobody has used group 1 yet
        Assert.Equal((2, 1), (stream.Loads, stream.Waits));
        foreach (var group in new[] { 1, 2 })
        {
            source.Open(1);
            while (!stream.IsAheadThere)
                Thread.Sleep(1);
            stream.Use(group, 0, _ => true);
            Assert.Equal(group + 1, source.NextAsked());
        }
        Assert.Equal((4, 1), (stream.Loads, stream.Waits));
        source.Open(1);
        stream.Use(3, 0, _ => true);
        // Back again: the last two are still there, then 1 and 0 are read ahead.
        stream.Use(2, 0, _ => true);
        Assert.Equal(1, source.NextAsked());
        source.Open(1);
        stream.Use(1, 0, _ => true);
        Assert.Equal(0, source.NextAsked());
        Assert.Equal(6, stream.Loads);
    }

    [Fact]
    public void A_step_reads_every_group_twice_but_those_at_the_ends()
    {
        using var fixture = new StreamFixture([.. Enumerable.Repeat(new[] { ("int8", 4L, 64L) }, 6)]);
        using var stream = new WeightStream(fixture.Layout, fixture.OpenFile(), CPU);
        Step();
        var first = stream.Loads;
        Step();
        Assert.Equal(2 + 4 + 4, first);
        Assert.Equal(first + 8, stream.Loads);

        void Step()
        {
            foreach (var group in Enumerable.Range(0, 6).Concat(Enumerable.Range(0, 6).Reverse()))
                stream.Use(group, 0, _ => true);
        }
    }

    [Fact]
    public void Never_more_is_in_memory_than_the_two_largest_neighbours()
    {
        using var fixture = new StreamFixture([("float32", 64, 64)], [("nf4", 64, 64)], [("nf4", 64, 64)], [("bfloat16", 64, 64)],
            [("nf4-dq", 64, 64)], [("nf4", 64, 64)]);
        using var meter = MemoryMeter.Start();
        var before = meter.CurrentBytes;
        using (var stream = new WeightStream(fixture.Layout, fixture.OpenFile(), CPU))
        {
            int[] thereAndBack = [0, 1, 2, 3, 4, 5, 4, 3, 2, 1, 0];
            foreach (var group in thereAndBack)
                stream.Use(group, 0, _ => true);
            Assert.Equal(WeightStream.ResidentBytes(stream.GroupBytes), meter.PeakBytes - before);
            foreach (var group in new[] { 3, 0, 5, 1, 4, 0, 3, 3, 2, 5, 0 })
                stream.Use(group, 0, _ => true);
            Assert.InRange(meter.PeakBytes - before, 1, stream.GroupBytes.OrderDescending().Take(2).Sum());
        }
        Assert.Equal(before, meter.CurrentBytes);
        Assert.Equal(0, meter.UnseenFrees);
    }

    [Fact]
    public void A_group_that_cannot_be_read_is_told_to_who_uses_it_and_can_be_tried_again()
    {
        using var fixture = new StreamFixture([("nf4", 4, 64)], [("nf4", 4, 64)], [("nf4", 4, 64)]);
        var source = fixture.Gated(open: true);
        using var stream = new WeightStream(fixture.Layout, source, CPU);
        source.Fails = 1;
        stream.Use(0, 0, _ => true); // group 1 fails ahead, which does not concern this use
        Assert.Contains("group 1 is gone", Assert.Throws<IOException>(() => stream.Use(1, 0, _ => true)).Message);
        Assert.Contains("group 1 is gone", Assert.Throws<IOException>(() => stream.Use(1, 0, _ => true)).Message);
        source.Fails = null;
        var held = fixture.Held["group1.matrix0.weight"];
        using var expected = held.Decode(0, 4);
        using var streamed = stream.Use(1, 0, w => w.Decode(0, 4));
        AssertSame(expected, streamed);
    }

    [Fact]
    public void Disposed_while_it_reads_it_stops_and_frees_everything()
    {
        using var fixture = new StreamFixture([("nf4", 4, 64)], [("nf4", 4, 64)]);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var source = fixture.Gated();
        var stream = new WeightStream(fixture.Layout, source, CPU);
        source.Open(1);
        stream.Use(0, 0, _ => true);
        Assert.Equal(0, source.NextAsked());
        Assert.Equal(1, source.NextAsked()); // waits at the gate
        stream.Dispose();
        stream.Dispose();
        Assert.True(source.IsDisposed);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Throws<ObjectDisposedException>(() => stream.Use(0, 0, _ => true));
    }

    [Fact]
    public void Two_threads_get_what_they_ask_for()
    {
        using var fixture = new StreamFixture([("nf4", 16, 64)], [("int8", 16, 64)], [("bfloat16", 16, 64)], [("nf4-dq", 16, 64)]);
        using var stream = new WeightStream(fixture.Layout, fixture.OpenFile(), CPU);
        var expected = fixture.Layout.Groups.Select(g =>
        {
            using var values = fixture.Held[g[0].Name].Decode(0, 16);
            return values.bytes.ToArray();
        }).ToArray();
        Parallel.For(0, 2, thread =>
        {
            for (var i = 0; i < 40; i++)
            {
                var group = (i * (2 * thread + 1) + thread) % 4;
                using var values = stream.Use(group, 0, w => w.Decode(0, 16));
                Assert.True(values.bytes.SequenceEqual(expected[group]));
            }
        });
    }

    private static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.contiguous().bytes.SequenceEqual(actual.contiguous().bytes));
    }
}
