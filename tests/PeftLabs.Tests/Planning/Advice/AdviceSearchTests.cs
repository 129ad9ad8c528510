using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Planning.Advice;
using PeftLabs.Training;

namespace PeftLabs.Tests.Planning.Advice;

public class AdviceSearchTests
{
    public static TheoryData<TuningMethod> Methods => [.. Enum.GetValues<TuningMethod>()];

    [Trait("Speed", "Slow")]
    [Theory, MemberData(nameof(Methods))]
    public void The_best_set_is_the_fastest_of_all_that_fit(TuningMethod method)
    {
        var any = TinyAdvice.Request(1 << 20);
        var all = TechniqueSpace.Of(method, any.Rank, any)
            .Select(s => (Set: s, Peak: TinyAdvice.Peak(s, any), Seconds: TinyAdvice.Seconds(s, any))).ToList();
        var (lowest, highest) = (all.Min(s => s.Peak), all.Max(s => s.Peak));
        foreach (var share in new[] { -0.1, 0.01, 0.1, 0.3, 0.6, 1 })
        {
            var request = TinyAdvice.Request((long)((lowest + share * (highest - lowest)) / (1 - AdviceRequest.Margin)) + 1);
            var best = new AdviceSearch(request).Best(method);
            var fitting = all.Where(s => s.Peak <= request.LimitBytes).ToList();
            Assert.Equal(fitting.Count > 0, best.Fits);
            Assert.Equal(best.Fits ? best.PeakBytes : lowest, TinyAdvice.Peak(best.Set, request));
            if (fitting.Count == 0)
                continue;
            Assert.InRange(best.PeakBytes, 1, request.LimitBytes);
            var fastest = fitting.Min(s => s.Seconds);
            Assert.InRange(best.Seconds, fastest * (1 - 1e-9), fastest * (1 + AdviceSearch.Tie + 1e-9));
            Assert.InRange(best.Ties + 1, Within(AdviceSearch.Tie - 1e-9), Within(AdviceSearch.Tie + 1e-9));

            int Within(double share) => fitting.Count(s => s.Seconds <= fastest * (1 + share));
        }
    }

    [Fact]
    public void A_smaller_budget_never_gives_a_faster_plan()
    {
        var last = 0.0;
        for (var budget = 12L << 20; budget > 1 << 20; budget -= 1 << 20)
            if (AdviceReport.For(TinyAdvice.Request(budget)).Chosen is { Fits: true } chosen)
            {
                Assert.InRange(chosen.PeakBytes, 1, (long)(budget * (1 - AdviceRequest.Margin)) + 1);
                Assert.True(chosen.Seconds >= last * (1 - AdviceSearch.Tie - 1e-9), $"{chosen.Seconds} s in {budget} bytes, {last} s in more");
                last = chosen.Seconds;
            }
        Assert.NotEqual(0, last);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void No_technique_of_the_chosen_set_is_superfluous(int mebibytes)
    {
        var request = TinyAdvice.Request((long)mebibytes << 20);
        var chosen = AdviceReport.For(request).Chosen;
        Assert.True(chosen.Fits);
        foreach (var without in Without(chosen.Set))
        {
            var (peak, seconds) = (TinyAdvice.Peak(without, request), TinyAdvice.Seconds(without, request));
            Assert.True(peak > request.LimitBytes || seconds > chosen.Seconds, $"{without} has {peak} bytes and {seconds} s; {chosen} was chosen");
        }
    }

    [Fact]
    public void Where_memory_abounds_nothing_is_switched_on()
    {
        var report = AdviceReport.For(TinyAdvice.Request(1L << 40));
        Assert.Equal(new TechniqueSet { Method = TuningMethod.Lora, Rank = 4 }, report.Chosen.Set);
        Assert.Equal(2, report.Ladder.Count);
    }

    [Fact]
    public void Where_nothing_fits_the_smallest_is_told()
    {
        var report = AdviceReport.For(TinyAdvice.Request(1000));
        Assert.False(report.Chosen.Fits);
        Assert.Null(report.Limits);
        Assert.Equal(report.Methods.Where(m => m.Set.Method != TuningMethod.Full).Min(m => m.PeakBytes), report.Chosen.PeakBytes);
        Assert.Equal(report.Chosen.PeakBytes, report.Result.PeakBytes);
        Assert.True(report.Result.BindingTerm.Bytes > 0);
    }

    [Fact]
    public void A_method_asked_for_is_the_one_advised()
    {
        foreach (var method in Enum.GetValues<TuningMethod>())
            Assert.Equal(method, AdviceReport.For(TinyAdvice.Request(1L << 30) with { Method = method }).Chosen.Set.Method);
    }

    [Fact]
    public void A_checkpoint_in_four_bits_is_for_qlora_alone()
    {
        var request = TinyAdvice.Request(1 << 30) with { Config = TinyAdvice.Config with { IsBitsAndBytes4Bit = true } };
        Assert.Equal(TuningMethod.QLora, Assert.Single(AdviceReport.For(request).Methods).Set.Method);
        var refused = Assert.Throws<ArgumentException>(() => AdviceReport.For(request with { Method = TuningMethod.Lora }));
        Assert.Contains("must be qlora", refused.Message);
    }

    [Fact]
    public void A_lower_rank_is_taken_only_where_no_method_fits_with_the_one_asked_for()
    {
        var request = TinyAdvice.Request(1 << 20) with { Rank = 16 };
        var lowest = Enum.GetValues<TuningMethod>().Skip(1).Select(m => (Method: m, Peak: Lowest(m, 16))).ToList();
        var budget = (long)(lowest.Min(l => l.Peak) / (1 - AdviceRequest.Margin));
        Assert.Equal(16, AdviceReport.For(request with { BudgetBytes = budget + 2000 }).Chosen.Set.Rank);
        var chosen = AdviceReport.For(request with { BudgetBytes = budget - 2000 }).Chosen;
        Assert.True(chosen is { Fits: true, Set.Rank: < 16 }, $"{chosen}");

        long Lowest(TuningMethod method, int rank) => TechniqueSpace.Of(method, rank, request).Min(new SetCosts(request).Peak);
    }

    // QLoRA's paper (arXiv 2305.14314) trains 65B in 48 GB, and 33B in 24 GB.
    [Theory]
    [InlineData("llama-1-65b", 48, TuningMethod.QLora)]
    [InlineData("llama-2-70b", 48, TuningMethod.QLora)]
    [InlineData("llama-1-33b", 24, TuningMethod.QLora)]
    [InlineData("llama-2-7b", 24, TuningMethod.LoraBFloat16)]
    [InlineData("llama-3.1-8b", 24, TuningMethod.LoraBFloat16)]
    public void What_is_known_to_fit_fits_with_all_weights_in_memory(string name, int gibibytes, TuningMethod method)
    {
        var config = ModelCatalogue.Find(name).Config;
        var set = new TechniqueSet
        {
            Method = method,
            Embedding = PeftLabs.Quantization.WeightFormat.BFloat16,
            Checkpointing = CheckpointPolicy.Blocks,
            Optimizer = OptimizerKind.AdamW8Bit,
        };
        Assert.InRange(set.Plan(config, 1, 512).Predict().Max(s => s.PeakBytes), 0.5 * ((long)gibibytes << 30), (long)gibibytes << 30);
    }

    [Fact]
    public void A_model_of_405_billion_parameters_does_not_fit_a_gpu_of_24_gigabytes_without_streaming()
    {
        var request = new AdviceRequest(ModelCatalogue.Find("llama-3.1-405b").Config, GpuCatalogue.Find("RTX 4090").Budget, TinyAdvice.Speed);
        var best = new AdviceSearch(request).Best(TuningMethod.QLora);
        Assert.True(best is { Fits: true, Set.Streaming: true }, $"{best}");
    }

    private static IEnumerable<TechniqueSet> Without(TechniqueSet set)
    {
        var plain = new TechniqueSet();
        return new[]
        {
            set with { Embedding = plain.Embedding },
            set with { Checkpointing = plain.Checkpointing, Offload = plain.Offload },
            set with { Optimizer = plain.Optimizer },
            set with { FusedStep = false },
            set with { LossChunkBytes = plain.LossChunkBytes },
            set with { SavedActivations = plain.SavedActivations },
            set with { Offload = plain.Offload },
            set with { Streaming = false },
            set with { Accumulate = 1 },
            set with { Method = TuningMethod.Lora },
        }.Where(s => s != set);
    }
}
