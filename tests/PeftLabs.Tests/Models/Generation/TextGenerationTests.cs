using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Quantization;
using TorchSharp;

namespace PeftLabs.Tests.Models.Generation;

[Collection("Memory")]
public class TextGenerationTests
{
    private static readonly int[][] s_prompts = [[5, 6, 7], [1], [.. Enumerable.Range(0, 150).Select(i => i % 90)], [9, 9], [3, 1, 4, 1, 5]];

    public static TheoryData<double, string, KeyValueFormat> Cases => new()
    {
        { 0, "float32", KeyValueFormat.Float32 },
        { 0, "nf4-dq", KeyValueFormat.Int8 },
        { 0.8, "bfloat16", KeyValueFormat.BFloat16 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_batch_gives_each_prompt_what_it_gets_alone(double temperature, string format, KeyValueFormat cache)
    {
        using var model = Model(format);
        var options = new GenerationOptions { MaxNewTokens = 12, Temperature = temperature, Cache = cache, Seed = 3, BatchSize = 2 };
        foreach (var size in new[] { 1, 2, 5, 64 })
        {
            var together = TextGeneration.Batch(
                model, s_prompts, options with { BatchSize = size }, cancellation: TestContext.Current.CancellationToken);
            foreach (var (i, prompt) in s_prompts.Index())
            {
                var alone = TextGeneration.Stream(model, prompt, options with { Seed = 3 + (ulong)i }, TestContext.Current.CancellationToken);
                Assert.Equal(alone, together[i].Tokens);
            }
        }
    }

    [Fact]
    public void The_seed_decides_what_is_drawn()
    {
        using var model = Model();
        int[] Drawn(ulong seed) => [.. TextGeneration.Stream(model, [1, 2], new() { Temperature = 1, Seed = seed, MaxNewTokens = 30 })];
        Assert.Equal(Drawn(1), Drawn(1));
        Assert.NotEqual(Drawn(1), Drawn(2));
    }

    [Fact]
    public void A_long_prompt_gives_what_it_gives_without_a_cache()
    {
        using var model = Model();
        int[] prompt = [.. Enumerable.Range(0, 1100).Select(i => i * 7 % 90)];
        using var scope = torch.NewDisposeScope();
        var logits = model.forward(torch.tensor(prompt.Select(t => (long)t).ToArray(), 1, prompt.Length));
        var expected = (int)logits.select(1, prompt.Length - 1).argmax(-1).item<long>();
        Assert.Equal(expected, TextGeneration.Stream(model, prompt, new(), TestContext.Current.CancellationToken).First());
    }

    [Fact]
    public void A_stop_token_ends_it_and_is_given()
    {
        using var model = Model();
        var free = TextGeneration.Greedy(model, [1, 2, 3], 10).ToList();
        var stop = free[4];
        var stopped = TextGeneration.Batch(model, [[1, 2, 3]], new() { StopTokens = [stop] }, cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Equal(free.Take(free.IndexOf(stop) + 1), stopped.Tokens);
        Assert.Equal(StopReason.EndToken, stopped.Reason);
    }

    [Fact]
    public void End_tokens_of_the_model_can_be_ignored()
    {
        using var free = Model();
        var end = TextGeneration.Greedy(free, [1, 2, 3], 10).ElementAt(2);
        using var model = CausalLM.Random(s_config with { EndTokens = [end] }, 2);
        Assert.Equal(end, TextGeneration.Greedy(model, [1, 2, 3], 10).Last());
        var ignoring = new GenerationOptions { MaxNewTokens = 10, IgnoreEndTokens = true };
        Assert.Equal(10, TextGeneration.Stream(model, [1, 2, 3], ignoring, TestContext.Current.CancellationToken).Count());
    }

    [Fact]
    public void It_ends_where_the_positions_do()
    {
        using var model = CausalLM.Random(s_config with { MaxPositions = 9 }, 2);
        var full = TextGeneration.Batch(model, [[1, 2, 3]], new(), cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Equal((6, StopReason.ContextFull), (full.Tokens.Count, full.Reason));
        Assert.Contains("9 tokens", Assert.Throws<ArgumentException>(() => TextGeneration.Greedy(model, new int[9], 1)).Message);
    }

    [Fact]
    public void Wrong_prompts_are_refused_before_anything_is_computed()
    {
        using var model = Model();
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => TextGeneration.Greedy(model, [], 1)).Message);
        Assert.Contains("Token 1 of the prompt is 96", Assert.Throws<ArgumentException>(() => TextGeneration.Greedy(model, [1, 96], 1)).Message);
        var stopping = new GenerationOptions { StopStrings = ["a"] };
        Assert.Contains("tokenizer", Assert.Throws<ArgumentException>(
            () => TextGeneration.Stream(model, [1], stopping, TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void It_can_be_cancelled_and_leaves_nothing_behind()
    {
        using var model = Model();
        model.train();
        using var meter = MemoryMeter.Start();
        using var source = new CancellationTokenSource();
        var tokens = new List<int>();
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var token in TextGeneration.Stream(model, [1, 2], new(), source.Token))
            {
                tokens.Add(token);
                if (tokens.Count == 3)
                    source.Cancel();
            }
        });
        Assert.Equal((3, 0L, true), (tokens.Count, meter.CurrentBytes, model.training));
    }

    [Fact]
    public void Caches_of_ended_texts_are_freed_while_others_go_on()
    {
        using var model = Model();
        using var meter = MemoryMeter.Start();
        var options = new GenerationOptions { MaxNewTokens = 4, BatchSize = 3 };
        int[][] prompts = [.. Enumerable.Range(0, 20).Select(i => new[] { i, i + 1 })];
        TextGeneration.Batch(model, prompts, options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, meter.CurrentBytes);
        var cache = KeyValueCache.Bytes(s_config, 6, options.Cache);
        Assert.InRange(meter.PeakBytes, 3 * cache, 4 * cache);
    }

    private static readonly ModelConfig s_config = TestModels.Config with { InitializerRange = 0.1 };

    private static CausalLM Model(string format = "float32") =>
        CausalLM.Random(s_config, 2, new() { Projections = WeightFormat.Parse(format), Embedding = WeightFormat.Parse(format) });
}
