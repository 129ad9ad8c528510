using PeftLabs.Models;
using PeftLabs.Models.Generation;

namespace PeftLabs.Tests.Models.Generation;

/// <summary>Filters against probabilities worked out by hand, and draws against the distribution they should have.</summary>
public class TokenSamplerTests
{
    // Logarithms of 0.1, 0.4, 0.05, 0.3, 0.15: probabilities already.
    private static readonly double[] s_probabilities = [0.1, 0.4, 0.05, 0.3, 0.15];

    private static float[] Logits => [.. s_probabilities.Select(p => (float)Math.Log(p))];

    [Fact]
    public void Greedy_takes_the_largest_and_of_equal_ones_the_first()
    {
        Assert.Equal(1, Next(new(), Logits));
        Assert.Equal(2, Next(new(), [0, 1, 3, 3, 2]));
    }

    [Fact]
    public void Temperature_raises_probabilities_to_its_inverse()
    {
        // p^(1/0.5) = p²: 0.01, 0.16, 0.0025, 0.09, 0.0225, together 0.285.
        var expected = s_probabilities.Select(p => p * p / 0.285).ToArray();
        Near(expected, Drawn(new() { Temperature = 0.5 }));
    }

    [Fact]
    public void Top_k_keeps_the_k_most_likely()
    {
        Assert.Equal([1, 3, 4], Kept(new() { TopK = 3 }));
        Near([0, 0.4 / 0.85, 0, 0.3 / 0.85, 0.15 / 0.85], Drawn(new() { Temperature = 1, TopK = 3 }));
    }

    [Fact]
    public void Top_k_keeps_what_is_as_likely_as_the_last_of_them() => Assert.Equal([1, 0, 2, 4], Kept(new() { TopK = 2 }, [2, 3, 2, 1, 2]));

    [Theory]
    [InlineData(0.3, new[] { 1 })]
    [InlineData(0.45, new[] { 1, 3 })]
    [InlineData(0.75, new[] { 1, 3, 4 })]
    [InlineData(0.9, new[] { 1, 3, 4, 0 })]
    [InlineData(0.999, new[] { 1, 3, 4, 0, 2 })]
    [InlineData(1e-9, new[] { 1 })]
    public void Top_p_keeps_the_most_likely_until_their_probabilities_reach_it(double p, int[] kept) =>
        Assert.Equal(kept, Kept(new() { TopP = p }));

    [Theory]
    [InlineData(0.8, new[] { 1 })]
    [InlineData(0.7, new[] { 1, 3 })]
    [InlineData(0.2, new[] { 1, 3, 4, 0 })]
    [InlineData(0.1, new[] { 1, 3, 4, 0, 2 })]
    public void Min_p_keeps_what_has_that_share_of_the_most_likely(double share, int[] kept) =>
        Assert.Equal(kept, Kept(new() { MinP = share }));

    // Of the three that top-k leaves, 0.4/0.85 = 0.47 and 0.3/0.85 = 0.35: together 0.82. Of all five, the two had only 0.7.
    [Fact]
    public void Top_p_counts_shares_of_what_top_k_left()
    {
        Assert.Equal([1, 3], Kept(new() { TopK = 3, TopP = 0.8 }));
        Assert.Equal([1, 3, 4], Kept(new() { TopP = 0.8 }));
    }

    // Min-p comes last: 0.15 is too little of 0.4, and counted still when top-p counted.
    [Fact]
    public void Min_p_filters_what_top_p_left()
    {
        Assert.Equal([1, 3], Kept(new() { TopP = 0.8, MinP = 0.5 }));
        Assert.Equal([1, 3], Kept(new() { TopK = 3, TopP = 0.99, MinP = 0.5 }));
        Assert.Equal([1], Kept(new() { TopP = 0.3, MinP = 0.5 }));
    }

    [Fact]
    public void Repetition_penalty_divides_positive_logits_and_multiplies_negative_ones()
    {
        Assert.Equal(1, Next(new() { RepetitionPenalty = 1.5 }, [3, 2.5f, -1], 0));
        Assert.Equal(0, Next(new() { RepetitionPenalty = 1.1 }, [3, 2.5f, -1], 0));
        Assert.Equal(1, Next(new() { RepetitionPenalty = 4 }, [-1, -3, -5], 0));
        Assert.Equal(0, Next(new() { RepetitionPenalty = 2 }, [-1, -3, -5], 0));
    }

    // A penalized logit is what temperature divides: 2/2 = 1 against 1, so both are equally likely at any temperature.
    [Fact]
    public void Repetition_penalty_comes_before_temperature() =>
        Near([0.5, 0.5], Drawn(new() { Temperature = 0.25, RepetitionPenalty = 2 }, [2, 1], 0));

    [Fact]
    public void Without_filters_tokens_are_drawn_with_their_probabilities() => Near(s_probabilities, Drawn(new() { Temperature = 1 }));

    [Fact]
    public void A_large_vocabulary_is_cut_as_sorting_all_of_it_would()
    {
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            var logits = Enumerable.Range(0, 5000).Select(_ => (float)(random.NextDouble() * random.NextDouble() * 20)).ToArray();
            var (topK, topP, minP) = (random.Next(3) == 0 ? 0 : random.Next(1, 400), random.NextDouble(), random.Next(2) * 0.01);
            Assert.Equal(Sorted(logits, topK, topP, minP), Kept(new() { TopK = topK, TopP = topP, MinP = minP }, logits));
        }
    }

    [Fact]
    public void Broken_logits_are_refused() =>
        Assert.Contains("NaN", Assert.Throws<GenerationException>(() => Next(new(), [1, float.NaN, 2])).Message);

    // transformers' definitions, over a sorted vocabulary in double precision.
    private static int[] Sorted(float[] logits, int topK, double topP, double minP)
    {
        var order = logits.Index().OrderByDescending(l => l.Item).ThenBy(l => l.Index).ToList();
        if (topK > 0)
            order = order.TakeWhile(l => l.Item >= order[topK - 1].Item).ToList();
        var weights = order.ConvertAll(l => Math.Exp((double)l.Item - order[0].Item));
        var total = weights.Sum();
        var above = 0.0;
        var kept = new List<int>();
        foreach (var (place, weight) in weights.Index())
        {
            if (place > 0 && above >= topP * total || weight < minP)
                break;
            kept.Add(order[place].Index);
            above += weight;
        }
        return [.. kept];
    }

    private static int[] Kept(GenerationOptions options, float[]? logits = null)
    {
        logits ??= Logits;
        return [.. new TokenSampler(options with { Temperature = 1 }).Kept(logits, logits.Max()).Select(c => c.Token)];
    }

    private static int Next(GenerationOptions options, float[] logits, params int[] seen) => new TokenSampler(options).Next(logits, Seen(seen), 0);

    private static double[] Drawn(GenerationOptions options, float[]? logits = null, params int[] seen)
    {
        const int Draws = 20000;
        logits ??= Logits;
        var (sampler, bits, counts) = (new TokenSampler(options), new RandomBits(7, "draws"), new double[logits.Length]);
        for (var i = 0; i < Draws; i++)
            counts[sampler.Next([.. logits], Seen(seen), bits.Unit(i))] += 1.0 / Draws;
        return counts;
    }

    private static SeenTokens Seen(int[] tokens)
    {
        var seen = new SeenTokens();
        foreach (var token in tokens)
            seen.Add(token);
        return seen;
    }

    // Four standard deviations of a share of 20 000 draws.
    private static void Near(double[] expected, double[] drawn)
    {
        foreach (var (share, found) in expected.Zip(drawn))
            Assert.InRange(found, share - 4 * Math.Sqrt(share * (1 - share) / 20000), share + 4 * Math.Sqrt(share * (1 - share) / 20000));
    }
}
