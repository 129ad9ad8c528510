using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

[Collection("Memory")]
public class BatchesTests
{
    [Fact]
    public void Every_example_comes_once_before_any_comes_again_and_the_seed_gives_the_order()
    {
        var examples = Enumerable.Range(0, 10).Select(i => new TokenizedExample([i, i])).ToList();
        var first = Firsts(3, 4).ToList();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), first.Take(10).Order());
        Assert.Equal(first, Firsts(3, 4));
        Assert.NotEqual(first, Firsts(4, 4));

        IEnumerable<long> Firsts(ulong seed, int batches) => Batches.Shuffled(examples, 4, seed).Take(batches).SelectMany(batch =>
        {
            using (batch)
            using (var column = batch.Ids.select(1, 0))
                return column.data<long>().ToArray();
        });
    }

    [Fact]
    public void A_text_is_cut_and_its_rest_left_out() =>
        Assert.Equal([[1, 2], [3, 4]], Batches.Cut([1, 2, 3, 4, 5], 2).Select(e => e.Ids.ToArray()));

    [Fact]
    public void No_example_is_refused() => Assert.Throws<ArgumentException>(() => Batches.Shuffled([], 4, 1));
}
