using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

[Collection("Memory")]
public class CausalLMTests
{
    public static TheoryData<string> Names => [.. Families.Golden];

    [Theory, MemberData(nameof(Names))]
    public void Logits_equal_the_golden_ones(string name)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Load(Shared.Fixture("models", name));
        using var expected = Checkpoint.Open(Shared.Fixture("models", name, "expected.safetensors"));
        using var _ = no_grad();
        Tolerance.Near(expected.Read("logits"), model.forward(expected.Read("input_ids")), 1e-4, "logits");
    }

    [Theory, MemberData(nameof(Names))]
    public void Loss_and_every_gradient_equal_the_golden_ones(string name)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Load(Shared.Fixture("models", name));
        using var expected = Checkpoint.Open(Shared.Fixture("models", name, "expected.safetensors"));
        model.SetTrainable(true);
        using var batch = new TrainingBatch(expected.Read("input_ids"), expected.Read("labels"));
        var loss = CausalLoss.Compute(model, batch);
        loss.backward();
        Assert.Equal(ExpectedLoss(name), loss.item<float>(), 1e-4);
        var parameters = model.named_parameters().ToDictionary(p => p.Item1, p => p.Item2);
        var golden = expected.Names.Where(n => n.StartsWith("grad.", StringComparison.Ordinal)).ToList();
        Assert.Equal(golden.Select(n => n["grad.".Length..]).Order(), parameters.Keys.Order());
        foreach (var gradient in golden)
            Tolerance.Near(Families.Gradient(model, expected, gradient["grad.".Length..]), parameters[gradient["grad.".Length..]].grad!, 1e-4, gradient);
    }

    [Theory, MemberData(nameof(Names))]
    public void Greedy_generation_equals_the_golden_one(string name)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Load(Shared.Fixture("models", name));
        using var expected = Checkpoint.Open(Shared.Fixture("models", name, "expected.safetensors"));
        var golden = expected.Read("generated").data<long>().Select(t => (int)t).ToList();
        var prompt = expected.Read("input_ids").select(0, 0).data<long>().Select(t => (int)t)
            .TakeWhile((t, i) => i < golden.Count && t == golden[i]).ToList();
        Assert.NotEmpty(prompt);
        Assert.Equal(golden.Skip(prompt.Count), TextGeneration.Greedy(model, prompt, golden.Count - prompt.Count));
    }

    [Fact]
    public void Stories_continue_as_the_golden_ones_do()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Load(Shared.Fixture("models", "stories260K"));
        var expected = JsonNode.Parse(File.ReadAllText(Shared.Fixture("models", "stories260K", "expected.json")))!;
        foreach (var story in expected["greedy"]!.AsArray())
        {
            var (prompt, golden) = (Ids(story!["prompt_ids"]!), Ids(story["ids"]!));
            Assert.Equal(golden.Skip(prompt.Count), TextGeneration.Greedy(model, prompt, golden.Count - prompt.Count));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Cached_and_uncached_logits_are_the_same(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = CausalLM.Load(Shared.Fixture("models", name));
        using var expected = Checkpoint.Open(Shared.Fixture("models", name, "expected.safetensors"));
        var ids = expected.Read("input_ids");
        using KeyValueCache first = new(model.Config), second = new(model.Config);
        var parts = new[] { (0, 5), (5, 1), (6, 11) }.Select(p => model.Hidden(ids.narrow(1, p.Item1, p.Item2), [first, second])).ToArray();
        Tolerance.Near(model.Hidden(ids), cat(parts, 1), 2e-5, "hidden");
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var model = CausalLM.Load(Shared.Fixture("models", "qwen2"));
        using var expected = Checkpoint.Open(Shared.Fixture("models", "qwen2", "expected.safetensors"));
        model.SetTrainable(true);
        using var trainer = new Trainer(model, model.named_parameters(), new TrainingOptions());
        Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 3; i++)
            Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            using var batch = new TrainingBatch(expected.Read("input_ids"), expected.Read("labels"));
            trainer.Step(batch);
        }
    }

    private static double ExpectedLoss(string name) =>
        (double)JsonNode.Parse(File.ReadAllText(Shared.Fixture("models", name, "expected.json")))!["loss"]!;

    private static List<int> Ids(JsonNode ids) => [.. ids.AsArray().Select(i => (int)i!)];
}
