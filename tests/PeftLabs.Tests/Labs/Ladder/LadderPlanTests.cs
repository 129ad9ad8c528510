using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Ladder;

public class LadderPlanTests
{
    private static RunSpec First(string shape, int batch, int tokens) => LadderPlan.FullFineTuning(ModelSource.Of(shape),
        new() { Kind = DataKind.RandomTokens, Examples = 2 * batch, Tokens = tokens, Batches = new() { Size = batch } }, steps: 2);

    [Theory]
    [InlineData("smollm2-135m", 4, 128, 11)]
    [InlineData("qwen2.5-0.5b", 1, 256, 12)]
    [InlineData("llama-7b", 1, 512, 11)]
    public void Every_rung_saves_and_the_last_is_qlora_with_all_that_does(string shape, int batch, int tokens, int rungs)
    {
        var ladder = LadderPlan.Rungs(First(shape, batch, tokens));
        Assert.Equal(rungs, ladder.Count);
        foreach (var (above, below) in ladder.Zip(ladder.Skip(1)))
            Assert.True(below.PredictedPeakBytes < 0.995 * above.PredictedPeakBytes, $"{below.Name}: {above.PredictedPeakBytes} to {below.PredictedPeakBytes}");
        var (first, last) = (ladder[0].Spec, ladder[^1].Spec);
        Assert.Equal((AttentionKind.Plain, LossKind.Whole, CheckpointPolicy.None, OptimizerKind.AdamW, false),
            (first.Training.Attention, first.Training.Loss, first.Training.Checkpointing, first.Training.Optimizer, first.Training.FusedStep));
        Assert.Null(first.Lora);
        Assert.Equal(16, last.Lora!.Rank);
        Assert.Equal(WeightFormat.NF4Double, last.Loading.Projections);
        Assert.NotNull(last.Loading.Streaming);
        Assert.Equal((CheckpointPolicy.Blocks, OptimizerKind.AdamW8Bit, true),
            (last.Training.Checkpointing, last.Training.Optimizer, last.Training.FusedStep));
    }

    [Fact]
    public void Model_data_and_seed_are_those_of_the_first_rung_on_all()
    {
        var ladder = LadderPlan.Rungs(First("smollm2-135m", 2, 32));
        Assert.All(ladder, r => Assert.Equal((ladder[0].Spec.Model, ladder[0].Spec.Data, ladder[0].Spec.Training.Seed, double.PositiveInfinity),
            (r.Spec.Model, r.Spec.Data, r.Spec.Training.Seed, r.Spec.Training.MaxGradientNorm)));
        Assert.Equal(ladder.Count, ladder.Select(r => r.Key).Distinct().Count());
    }

    [Fact]
    public void Named_techniques_are_layered_in_the_order_given()
    {
        var ladder = LadderPlan.Rungs(First("smollm2-135m", 2, 32), ["lora", "tiled-attention", "qlora"]);
        Assert.Equal(["full", "lora", "tiled-attention", "qlora"], ladder.Select(r => r.Key));
        Assert.Equal((AttentionKind.Plain, AttentionKind.Tiled), (ladder[1].Spec.Training.Attention, ladder[2].Spec.Training.Attention));
        Assert.Equal(AttentionKind.Tiled, ladder[3].Spec.Training.Attention);
    }

    [Fact]
    public void A_technique_that_is_not_known_or_named_twice_is_refused()
    {
        var first = First("smollm2-135m", 2, 32);
        var unknown = Assert.Throws<ArgumentException>(() => LadderPlan.Rungs(first, ["lora", "magic"]));
        Assert.Contains("There is no rung 'magic'; there are full, fused-step,", unknown.Message);
        Assert.Contains("'lora' is named twice", Assert.Throws<ArgumentException>(() => LadderPlan.Rungs(first, ["lora", "lora"])).Message);
    }
}
