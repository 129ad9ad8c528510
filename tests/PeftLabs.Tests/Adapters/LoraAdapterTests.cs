using System.Text.Json.Nodes;
using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Tests.Formats;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Adapters;

[Collection("Memory")]
public class LoraAdapterTests
{
    private static readonly TrainingOptions s_options = new()
    {
        Steps = 8,
        LearningRate = 5e-3,
        WeightDecay = 0.01,
        Schedule = LearningRateSchedule.Constant,
        MaxGradientNorm = 1,
    };

    public static TheoryData<string> Adapters => ["lora", "lora-all-linear-rslora", "lora-bias-and-head", "lora-rank-pattern", "lora-gpt2"];

    /// <summary>Those whose base model drops nothing while it is trained.</summary>
    public static TheoryData<string> Repeatable => ["lora", "lora-all-linear-rslora", "lora-bias-and-head", "lora-rank-pattern"];

    [Theory, MemberData(nameof(Adapters))]
    public void Logits_with_the_adapter_merged_and_unmerged_equal_the_golden_ones(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden(name);
        using var _ = no_grad();
        var ids = golden.Expected.Read("input_ids");
        var plain = golden.Model.forward(ids);
        using var adapter = LoraAdapter.Load(golden.Model, golden.Folder);
        Tolerance.Near(golden.Expected.Read("logits"), golden.Model.forward(ids), 1e-4, "attached");
        adapter.Merge();
        Tolerance.Near(golden.Expected.Read("merged_logits"), golden.Model.forward(ids), 1e-4, "merged");
        adapter.Unmerge();
        Tolerance.Near(golden.Expected.Read("logits"), golden.Model.forward(ids), 1e-4, "unmerged");
        adapter.Detach();
        Tolerance.Near(plain, golden.Model.forward(ids), 1e-5, "detached");
    }

    [Theory, MemberData(nameof(Repeatable))]
    public void Eight_steps_give_the_golden_losses_and_adapter(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden(name);
        using var adapter = LoraAdapter.Load(golden.Model, golden.Folder);
        using var trainer = new Trainer(golden.Model, adapter.NamedParameters, s_options);
        Assert.Equal((long)golden.Json["trainable"]!, trainer.TrainedParameters);
        var records = trainer.Run(Enumerable.Range(0, 8).Select(_ => golden.Batch()), cancellation: TestContext.Current.CancellationToken);
        Assert.All(golden.Json["losses"]!.AsArray().Zip(records), p => Assert.Equal((double)p.First!, p.Second.Loss, 1e-4));
        using var trained = AdapterFile.Open(Path.Combine(golden.Folder, "trained"));
        foreach (var (part, parameter) in adapter.Parts)
            Tolerance.Near(trained.Read(part), parameter, 2e-3, part.ToString());
    }

    [Fact]
    public void Eight_steps_on_gpt2_go_the_way_of_the_golden_ones_which_dropped_a_tenth_of_its_features()
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden("lora-gpt2");
        using var adapter = LoraAdapter.Load(golden.Model, golden.Folder);
        var before = adapter.Parts.Select(p => p.Parameter.detach().clone().flatten()).ToList();
        using var trainer = new Trainer(golden.Model, adapter.NamedParameters, s_options);
        Assert.Equal((long)golden.Json["trainable"]!, trainer.TrainedParameters);
        var records = trainer.Run(Enumerable.Range(0, 8).Select(_ => golden.Batch()), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((double)golden.Json["loss"]!, records[0].Loss, 1e-4);
        // What is not dropped makes the loss a little lower.
        Assert.All(golden.Json["losses"]!.AsArray().Zip(records), p => Assert.InRange((double)p.First! - p.Second.Loss, 0, 0.45));
        using var trained = AdapterFile.Open(Path.Combine(golden.Folder, "trained"));
        var start = cat(before, 0);
        var (right, given) = (cat([.. adapter.Parts.Select(p => trained.Read(p.Name).flatten())], 0).sub(start),
            cat([.. adapter.Parts.Select(p => p.Parameter.flatten())], 0).sub(start));
        Assert.InRange(right.mul(given).sum().item<float>() / (right.norm().item<float>() * given.norm().item<float>()), 0.7, 1);
    }

    [Theory, MemberData(nameof(Adapters))]
    public void Saved_and_loaded_it_is_the_same(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden(name);
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "adapter");
        using (var adapter = LoraAdapter.Load(golden.Model, golden.Folder))
            adapter.Save(path);
        Assert.Equal(File.ReadAllBytes(Path.Combine(golden.Folder, "adapter_model.safetensors")),
            File.ReadAllBytes(Path.Combine(path, "adapter_model.safetensors")));
        using var again = LoraAdapter.Load(golden.Model, path);
        using var _ = no_grad();
        Tolerance.Near(golden.Expected.Read("logits"), golden.Model.forward(golden.Expected.Read("input_ids")), 1e-4, "loaded again");
    }

    [Fact]
    public void A_new_adapter_changes_nothing_until_it_is_trained()
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden("lora");
        using var _ = no_grad();
        var ids = golden.Expected.Read("input_ids");
        var plain = golden.Model.forward(ids);
        using var adapter = LoraAdapter.Attach(golden.Model, new LoraAdapterConfig { Rank = 4, TargetModules = ModuleSelection.Matching("all-linear") });
        Assert.Equal(14, adapter.Parts.Count() / 2);
        Tolerance.Near(plain, golden.Model.forward(ids), 0, "new adapter");
    }

    [Theory]
    [InlineData("qqq_proj", "'qqq_proj'")]
    [InlineData("q_proj,nothing", "'nothing'")]
    public void A_target_that_means_nothing_is_refused(string names, string found)
    {
        using var golden = new Golden("lora");
        var config = new LoraAdapterConfig { TargetModules = ModuleSelection.Of(names.Split(',')) };
        var error = Assert.Throws<ArgumentException>(() => LoraAdapter.Attach(golden.Model, config));
        Assert.Contains(found, error.Message);
        Assert.Contains("q_proj, k_proj, v_proj", error.Message);
    }

    [Fact]
    public void An_adapter_of_another_base_model_is_refused()
    {
        using var golden = new Golden("lora");
        var error = Assert.Throws<AdapterFormatException>(() => LoraAdapter.Load(golden.Model, Shared.Fixture("adapters", "lora-bias-and-head")));
        Assert.Contains("base_layer.bias", error.Message);
        using var fresh = LoraAdapter.Attach(golden.Model, new LoraAdapterConfig());
    }

    [Fact]
    public void Dropout_drops_in_training_and_not_in_evaluation()
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden("lora");
        using var loaded = LoraAdapter.Load(golden.Model, golden.Folder);
        using var _ = no_grad();
        var ids = golden.Expected.Read("input_ids");
        foreach (var projection in golden.Model.Projections.Values.Where(p => p.Update is not null))
            projection.Update = projection.Update! with { Dropout = 0.5 };
        golden.Model.train();
        Assert.False(golden.Model.forward(ids).allclose(golden.Expected.Read("logits"), 1e-3, 1e-3));
        golden.Model.eval();
        Tolerance.Near(golden.Expected.Read("logits"), golden.Model.forward(ids), 1e-4, "evaluation");
    }

    private sealed class Golden : IDisposable
    {
        public Golden(string name)
        {
            Folder = Shared.Fixture("adapters", name);
            Json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")))!;
            Expected = Checkpoint.Open(Path.Combine(Folder, "expected.safetensors"));
            Model = CausalLM.Load(Shared.Fixture([.. ((string)Json["base"]!).Split('/')]));
        }

        public string Folder { get; }

        public JsonNode Json { get; }

        public Checkpoint Expected { get; }

        public CausalLM Model { get; }

        public TrainingBatch Batch() => new(Expected.Read("input_ids"), Expected.Read("labels"));

        public void Dispose()
        {
            Expected.Dispose();
            Model.Dispose();
        }
    }
}
