using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Planning;

public class StepTimeTests
{
    private static readonly MachineSpeed s_machine = new("a machine", 100e9, 10e9);

    private static readonly LoraAdapterConfig s_lora = new() { Rank = 16, TargetModules = ModuleSelection.Matching("all-linear") };

    [Fact]
    public void Full_fine_tuning_takes_six_operations_a_weight_and_token()
    {
        var config = ModelShapes.Find("smollm2-135m");
        var plan = Plan(config, null);

        var time = plan.PredictTime(s_machine);

        // The head's product is there for labelled tokens alone; a tied embedding is looked up, which is no product.
        double inBlocks = (config.Parameters - (long)config.VocabularySize * config.HiddenSize - (2 * config.Layers + 1) * config.HiddenSize) * 512.0;
        Assert.Equal(6 * inBlocks, Operations(time, "projections"), 1.0);
        Assert.Equal(6.0 * plan.LabelledTokens * config.VocabularySize * config.HiddenSize, Operations(time, "head", "head's gradients"), 1e6);
    }

    [Fact]
    public void Frozen_weights_take_four_but_for_the_first_block()
    {
        var config = ModelShapes.Find("smollm2-135m");

        var time = Plan(config, s_lora).PredictTime(s_machine);

        var first = 2.0 * 512 * 576 * (576 + 192 + 192);
        var all = 4.0 * 512 * config.Layers * (2 * 576 * 576 + 2 * 576 * 192 + 3 * 576 * 1536);
        Assert.Equal(all - first, Operations(time, "projections"), 1.0);
    }

    [Fact]
    public void Blocks_computed_again_take_one_forward_more_but_for_their_last_product()
    {
        var config = ModelShapes.Find("smollm2-135m");
        var plan = Plan(config, s_lora);

        var plain = plan.PredictTime(s_machine);
        var again = (plan with { Training = plan.Training with { Checkpointing = CheckpointPolicy.Blocks } }).PredictTime(s_machine);

        var forward = 2.0 * 512 * config.Layers * (2 * 576 * 576 + 2 * 576 * 192 + 2 * 576 * 1536);
        Assert.Equal(forward, Operations(again, "projections") - Operations(plain, "projections"), 1.0);
        Assert.Equal(plain.SecondsOf(MemoryStage.Forward), again.SecondsOf(MemoryStage.Forward), 1e-9);
    }

    [Fact]
    public void Accumulated_batches_are_forward_and_backward_again_and_one_step()
    {
        var plan = Plan(ModelShapes.Find("smollm2-135m"), s_lora);

        var one = plan.PredictTime(s_machine);
        var three = (plan with { Training = plan.Training with { Accumulate = 3 } }).PredictTime(s_machine);

        Assert.Equal(3 * Backward(one), Backward(three), 1e-6);
        Assert.Equal(one.SecondsOf(MemoryStage.OptimizerStep), three.SecondsOf(MemoryStage.OptimizerStep), 1e-9);

        // The sum's memory is made once.
        static double Backward(StepTime time) => time.Terms.Where(t => t.Stage == MemoryStage.Backward && t.Name != "fresh pages").Sum(t => t.Seconds);
    }

    [Fact]
    public void Weights_stored_in_four_bits_add_their_decoding_and_nothing_else()
    {
        var plan = Plan(ModelShapes.Find("llama-1.1b"), s_lora);

        var lora = plan.PredictTime(s_machine);
        var qlora = (plan with { Loading = new() { Projections = WeightFormat.NF4Double } }).PredictTime(s_machine);

        Assert.Equal(lora.Operations, qlora.Operations, 1.0);
        Assert.True(qlora.Seconds > lora.Seconds);
        Assert.All(qlora.Terms.Where(t => t.Name != "decoding weights"), t => Assert.Contains(t, lora.Terms));
    }

    [Fact]
    public void A_machine_twice_as_fast_takes_half_as_long()
    {
        var plan = Plan(ModelShapes.Find("qwen2.5-0.5b"), s_lora);

        Assert.Equal(Bound(plan.PredictTime(s_machine)) / 2, Bound(plan.PredictTime(new("another", 200e9, 20e9))), 1e-9);

        // What depends on neither ceiling is no part of it.
        static double Bound(StepTime time) => time.Terms.Where(t => t.Operations > 0 || t.Bytes > 0).Sum(t => t.Seconds);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(double.PositiveInfinity, 1)]
    public void A_ceiling_that_is_no_number_above_zero_is_refused(double flops, double bytes)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MachineSpeed("a machine", flops, bytes));
    }

    private static TrainingPlan Plan(ModelConfig config, LoraAdapterConfig? lora) =>
        TrainingPlan.OnText(config, 4, 128, lora) with { Training = new TrainingOptions { Schedule = LearningRateSchedule.Constant } };

    private static double Operations(StepTime time, params string[] names) => time.Terms.Where(t => names.Contains(t.Name)).Sum(t => t.Operations);
}
