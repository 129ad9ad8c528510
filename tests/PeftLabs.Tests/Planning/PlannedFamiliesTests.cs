using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Planning;

namespace PeftLabs.Tests.Planning;

public class PlannedFamiliesTests
{
    [Theory]
    [InlineData("mistral", 64, "window")]
    [InlineData("mistral", 21, null)]
    [InlineData("qwen3", 64, null)]
    public void Torchs_own_attention_with_a_window_is_not_predicted_and_says_so(string shape, int tokens, string? what)
    {
        var plan = TrainingPlan.OnText(TinyCheckpoints.Shapes[shape], 1, tokens, new()) with { Training = new() { Attention = AttentionKind.Sdpa } };
        if (what is null)
        {
            Assert.Null(plan.Unpredicted);
            Assert.Equal(4, plan.Predict().Count);
            return;
        }
        Assert.Contains(what, plan.Unpredicted);
        Assert.Contains(what, Assert.Throws<ArgumentException>(plan.Predict).Message);
        Assert.Contains(what, Assert.Throws<ArgumentException>(() => plan.PredictTime(new("a machine", 1e11, 1e10))).Message);
    }

    [Fact]
    public void More_tokens_than_learned_positions_are_refused()
    {
        var plan = TrainingPlan.OnText(ModelCatalogue.Find("gpt2").Config, 1, 1025, new() { TargetModules = ModuleSelection.Of("c_attn") });
        Assert.Contains("1024 positions", Assert.Throws<ArgumentException>(plan.Predict).Message);
    }
}
