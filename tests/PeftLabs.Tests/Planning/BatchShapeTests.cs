using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Training;

namespace PeftLabs.Tests.Planning;

[Collection("Memory")]
public class BatchShapeTests
{
    private static readonly LoraAdapterConfig s_lora = new() { Rank = 8, TargetModules = ModuleSelection.Matching("all-linear") };

    [Fact]
    public void Of_shapes_those_are_left_that_no_other_covers()
    {
        BatchShape wide = new(1, 96, 95), tall = new(6, 10, 54), small = new(1, 90, 80);
        BatchShape padded = new(1, 96, 95, new(1, 96, [new(0, 0, 50)]));

        Assert.Equal([wide, tall], BatchShape.Largest([small, wide, tall, small, wide]));
        Assert.Equal([wide, padded], BatchShape.Largest([wide, padded]));
    }

    [Theory]
    [InlineData(AttentionKind.Plain, LossKind.Whole)]
    [InlineData(AttentionKind.Tiled, LossKind.Chunked)]
    public void Batches_of_changing_shapes_are_predicted_by_whichever_needs_the_most(AttentionKind attention, LossKind loss)
    {
        // The one has the longest row, and so the most scores; the other the most tokens.
        BatchShape[] shapes = [new(1, 120, 20), new(7, 30, 203), new(3, 30, 87), new(2, 50, 40, new(2, 50, [new(0, 0, 50), new(1, 0, 30)]))];
        var plan = new TrainingPlan(TinyCheckpoints.Shapes["llama"], 7, 30, 203, s_lora)
        {
            Training = new() { Attention = attention, Loss = loss },
            OtherBatches = shapes,
            Weights = WeightSource.Random,
        };

        var compared = StageComparison.Of(plan.Predict(), PlanMeasurement.Measure(plan, null, [.. shapes, new(7, 30, 203)]).Stages);

        Assert.All(compared, stage => Assert.True(Math.Abs(stage.Off) <= 0.015, stage.ToString()));
    }
}
