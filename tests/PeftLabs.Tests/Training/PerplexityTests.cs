using System.Text.Json.Nodes;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

[Collection("Memory")]
public class PerplexityTests
{
    [Fact]
    public void Of_a_story_it_is_the_exponential_of_the_golden_loss()
    {
        var folder = Shared.Fixture("models", "stories260K");
        var golden = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!;
        int[] ids = [.. golden["story_ids"]!.AsArray().Select(id => (int)id!)];
        using var model = CausalLM.Load(folder);
        Assert.Equal(Math.Exp((double)golden["story_loss"]!), Perplexity.Of(model, ids, ids.Length), 1e-4);
        Assert.True(Perplexity.Of(model, ids, 8) > Perplexity.Of(model, ids, ids.Length), "less context must predict less well");
    }

    [Fact]
    public void Windows_of_two_predict_each_token_from_the_one_before()
    {
        using var model = CausalLM.Random(PeftLabs.Tests.Models.TestModels.Config, 1);
        int[] ids = [5, 17, 80, 3];
        var each = Enumerable.Range(0, 3).Select(i => Math.Log(Perplexity.Of(model, [ids[i], ids[i + 1]])));
        Assert.Equal(Math.Exp(each.Average()), Perplexity.Of(model, ids, 2), 1e-4);
    }
}
