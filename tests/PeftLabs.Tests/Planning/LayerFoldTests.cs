using System.Text.Json;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Planning;

namespace PeftLabs.Tests.Planning;

public class LayerFoldTests
{
    [Fact]
    public void Layers_left_out_change_nothing()
    {
        var cases = PlanCase.Take(150, 3);
        foreach (var (index, combination) in cases.Index())
        {
            var plan = combination.Plan(null);
            var deep = plan with { Config = plan.Config with { Layers = 7 + index % 17 } };

            var (folded, whole) = (new StepPredictor(deep).Predict(), new StepPredictor(deep, wholly: true).Predict());

            Assert.Equal(JsonSerializer.Serialize(whole), JsonSerializer.Serialize(folded));
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("aaaaaa", "0 1 2 3 4 5")]
    [InlineData("aaaaaaaaaa", "0 1 2 7 8 9")]
    [InlineData("baaaaaaaac", "0 1 2 3 6 7 8 9")]
    [InlineData("abababababababab", "0 1 2 3 4 5 10 11 12 13 14 15")]
    [InlineData("aaaaaaaabbbbbbbb", "0 1 2 5 6 7 8 9 10 13 14 15")]
    [InlineData("aababbbaab", "0 1 2 3 4 5 6 7 8 9")]
    public void Runs_of_like_layers_keep_three_groups_at_each_end(string kinds, string kept) =>
        Assert.Equal(kept, string.Join(' ', LayerFold.Of([.. kinds.Select(c => (int)c)]).Select(s => s.Index)));

    [Fact]
    public void A_large_model_is_predicted_from_a_few_of_its_layers()
    {
        var config = new ModelConfig
        {
            Family = ModelFamily.Llama,
            Layers = 126,
            HiddenSize = 16384,
            Heads = 128,
            KeyValueHeads = 8,
            HeadSize = 128,
            IntermediateSize = 53248,
            VocabularySize = 128256,
        };
        var plan = TrainingPlan.OnText(config, 1, 1024, new LoraAdapterConfig { Rank = 16, TargetModules = ModuleSelection.Matching("all-linear") }) with
        {
            Loading = ModelLoadOptions.QLora,
            Training = new() { Checkpointing = CheckpointPolicy.Blocks },
        };

        var (folded, whole) = (new StepPredictor(plan).Predict(), new StepPredictor(plan, wholly: true).Predict());

        Assert.Equal(whole.Select(p => p.PeakBytes), folded.Select(p => p.PeakBytes));
        Assert.Equal(JsonSerializer.Serialize(whole), JsonSerializer.Serialize(folded));
    }
}
