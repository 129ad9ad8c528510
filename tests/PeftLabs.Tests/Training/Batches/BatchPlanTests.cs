using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

[Collection("Memory")]
public class BatchPlanTests
{
    public static TheoryData<BatchKind, int, ulong> Drawn
    {
        get
        {
            var drawn = new TheoryData<BatchKind, int, ulong>();
            foreach (var kind in Enum.GetValues<BatchKind>())
            {
                drawn.Add(kind, 1, 1);
                drawn.Add(kind, 7, 2);
                drawn.Add(kind, 1000, 3);
            }
            return drawn;
        }
    }

    [Theory, MemberData(nameof(Drawn))]
    public void Every_example_comes_exactly_once_in_an_epoch(BatchKind kind, int count, ulong seed)
    {
        var plan = new BatchPlan(Examples(count, seed), Options(kind, seed));
        var two = plan.PlannedFrom().TakeWhile(b => b.Epoch < 2).SelectMany(b => b.Examples).ToList();
        var (first, second) = (two.Take(count).ToList(), two.Skip(count).Take(count).ToList());
        Assert.Equal(Enumerable.Range(0, count), first.Order());
        Assert.Equal(Enumerable.Range(0, count), second.Order());
        if (count == 1000)
            Assert.NotEqual(first, second);
    }

    [Theory, MemberData(nameof(Drawn))]
    public void Going_on_from_a_batch_gives_what_running_through_gives(BatchKind kind, int count, ulong seed)
    {
        var plan = new BatchPlan(Examples(count, seed), Options(kind, seed));
        var through = plan.From().Take(40).Select(Content).ToList();
        Assert.Equal(through, new BatchPlan(Examples(count, seed), Options(kind, seed)).From().Take(40).Select(Content));
        foreach (var from in new[] { 1, 3, 17, 39 })
            Assert.Equal(through.Skip(from).Take(5), plan.From(from).Take(Math.Min(5, 40 - from)).Select(Content));
    }

    [Fact]
    public void Another_seed_gives_another_order()
    {
        var examples = Examples(1000, 3);
        foreach (var kind in Enum.GetValues<BatchKind>())
        {
            var orders = new ulong[] { 3, 4 }.Select(s => new BatchPlan(examples, Options(kind, s))
                .PlannedFrom().TakeWhile(b => b.Epoch == 0).SelectMany(b => b.Examples).ToList()).ToList();
            Assert.NotEqual(orders[0], orders[1]);
        }
    }

    [Theory, MemberData(nameof(Drawn))]
    public void Made_batches_hold_their_examples_and_count_their_padding(BatchKind kind, int count, ulong seed)
    {
        var examples = Examples(count, seed);
        var options = Options(kind, seed);
        var plan = new BatchPlan(examples, options);
        var (padding, tokens) = (0L, 0L);
        foreach (var planned in plan.PlannedFrom(5).Take(10))
        {
            using var batch = plan.Make(planned);
            var (ids, labels, width) = (batch.Ids.data<long>().ToArray(), batch.Labels.data<long>().ToArray(), batch.Ids.shape[1]);
            var real = 0L;
            foreach (var (row, indices) in planned.Rows.Index())
            {
                var at = row * width;
                foreach (var example in indices.Select(i => examples[i]))
                {
                    Assert.Equal(example.Ids.Select(i => (long)i), ids[(int)at..(int)(at + example.Ids.Count)]);
                    for (var i = 0; i < example.Ids.Count; i++, at++, real++)
                        Assert.Equal(i < example.PromptTokens || i == 0 && kind == BatchKind.Packed ? -100 : example.Ids[i], labels[at]);
                }
                for (; at < (row + 1) * width; at++)
                    Assert.Equal((-100, 99), (labels[at], ids[at]));
            }
            Assert.Equal(batch.Tokens - real, batch.PaddingTokens);
            Assert.Equal(planned.PaddingTokens, batch.PaddingTokens);
            Assert.Equal(batch.PaddingTokens, batch.Layout?.PaddingTokens ?? 0);
            (padding, tokens) = (padding + batch.PaddingTokens, tokens + batch.Tokens);
        }
        Assert.Equal((double)padding / tokens, plan.PaddingShare(5, 10), 1e-12);
    }

    [Fact]
    public void Batches_keep_to_their_sizes()
    {
        var examples = Examples(1000, 5);
        Assert.All(Planned(BatchKind.Dynamic), b => Assert.InRange(b.Tokens, 1, 64));
        Assert.All(Planned(BatchKind.Packed), b =>
        {
            Assert.InRange(b.Width, 1, 64);
            Assert.InRange(b.Rows.Count, 1, 3);
        });
        Assert.All(Planned(BatchKind.Bucketed), b => Assert.InRange(b.Rows.Count, 1, 3));
        Assert.All(Planned(BatchKind.Padded), b => Assert.Equal(3, b.Rows.Count));

        IEnumerable<PlannedBatch> Planned(BatchKind kind) => new BatchPlan(examples, Options(kind, 5)).PlannedFrom().Take(300);
    }

    [Fact]
    public void Bucketing_and_packing_leave_little_padding()
    {
        var examples = Examples(1000, 6);
        double Share(BatchKind kind) => new BatchPlan(examples, Options(kind, 6)).PaddingShare(0, 100);
        Assert.InRange(Share(BatchKind.Padded), 0.2, 0.5);
        Assert.InRange(Share(BatchKind.Bucketed), 0, 0.06);
        Assert.InRange(Share(BatchKind.Dynamic), 0, 0.06);
        Assert.InRange(Share(BatchKind.Packed), 0, 0.03);
    }

    [Fact]
    public void Packed_documents_restart_their_positions()
    {
        var plan = new BatchPlan([new([1, 2, 3]), new([4, 5]), new([6])], new() { Kind = BatchKind.Packed, Tokens = 6, Size = 1 });
        using var batch = plan.From().First();
        Assert.Equal([1L, 2, 3, 4, 5, 6], batch.Ids.data<long>());
        Assert.Equal([-100L, 2, 3, -100, 5, -100], batch.Labels.data<long>());
        Assert.Equal([0L, 1, 2, 0, 1, 0], batch.Layout!.Positions());
        Assert.Equal([new(0, 0, 3), new(0, 3, 2), new(0, 5, 1)], batch.Layout.Spans);
        Assert.Equal(3, CausalLoss.CountTargets(batch));
    }

    [Fact]
    public void Best_fit_fills_the_row_that_it_leaves_fullest()
    {
        int[] lengths = [7, 2, 5, 3, 5, 8];
        var rows = RowPacking.BestFitDecreasing(Enumerable.Range(0, 6), i => lengths[i], 10);
        Assert.Equal([[5, 1], [0, 3], [2, 4]], rows);
    }

    [Theory]
    [InlineData(BatchKind.Padded)]
    [InlineData(BatchKind.Packed)]
    [InlineData(BatchKind.Dynamic)]
    public void An_example_too_long_is_refused_by_index_and_length_or_cut_where_that_is_asked_for(BatchKind kind)
    {
        TokenizedExample[] examples = [new([1, 2]), new([1, 2, 3, 4, 5])];
        var error = Assert.Throws<ArgumentException>(() => new BatchPlan(examples, new() { Kind = kind, Tokens = 4 }));
        Assert.Contains("Example 1 has 5 tokens", error.Message);
        var plan = new BatchPlan(examples, new() { Kind = kind, Tokens = 4, Size = 2, Truncate = true });
        var ids = plan.From().Take(2).SelectMany(Take).ToList();
        Assert.Contains(4, ids);
        Assert.DoesNotContain(5, ids);

        static long[] Take(TrainingBatch batch)
        {
            using (batch)
                return batch.Ids.data<long>().ToArray();
        }
    }

    [Fact]
    public void Options_that_do_not_fit_are_refused()
    {
        TokenizedExample[] examples = [new([1, 2])];
        foreach (var options in new BatchOptions[] { new() { Kind = BatchKind.Packed }, new() { Kind = BatchKind.Dynamic }, new() { Truncate = true } })
            Assert.Contains("Tokens", Assert.Throws<ArgumentException>(() => new BatchPlan(examples, options)).Message);
        Assert.Contains("Example 0", Assert.Throws<ArgumentException>(() => new BatchPlan([new([])], new())).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchOptions { Size = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchOptions { Tokens = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchPlan(examples, new()).PlannedFrom(-1));
    }

    private static BatchOptions Options(BatchKind kind, ulong seed) => new()
    {
        Kind = kind,
        Seed = seed,
        Size = 3,
        Tokens = 64,
        PadId = 99,
    };

    private static List<TokenizedExample> Examples(int count, ulong seed)
    {
        var bits = new RandomBits(seed, "lengths");
        return [.. Enumerable.Range(0, count).Select(Example)];

        TokenizedExample Example(int index) => new([.. Enumerable.Range(index, 1 + (int)(bits.Unit(index) * 40))], index % 4);
    }

    private static string Content(TrainingBatch batch)
    {
        using (batch)
            return $"{string.Join(' ', batch.Ids.shape)}: {string.Join(' ', batch.Ids.data<long>())}; "
                + $"{string.Join(' ', batch.Labels.data<long>())}; " + string.Join(' ', batch.Layout?.Spans ?? []);
    }
}
