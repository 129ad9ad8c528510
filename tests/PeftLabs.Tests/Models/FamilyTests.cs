using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Cpu;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;
using TorchSharp;
using static PeftLabs.Tests.Models.FamilyRuns;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

/// <summary>Each family with whatever the kit does to a model, on its golden fixture.</summary>
[Collection("Memory")]
public class FamilyTests
{
    public static TheoryData<string> Names => [.. Families.Golden];

    [Theory, MemberData(nameof(Names))]
    public void It_is_saved_in_its_own_layout_to_the_byte(string name)
    {
        using var folder = new TemporaryFolder();
        using (var model = CausalLM.Load(Shared.Fixture("models", name)))
            model.Save(folder.Path);
        using var before = Checkpoint.Open(Shared.Fixture("models", name));
        if (before.Files.Count == 1)
            Assert.Equal(File.ReadAllBytes(before.Files[0]), File.ReadAllBytes(folder["model.safetensors"]));
        Assert.Equal(System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Shared.Fixture("models", name, "config.json")))!.ToJsonString(),
            System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(folder["config.json"]))!.ToJsonString());
        using var again = CausalLM.Load(folder.Path);
        Assert.Equal(before.Names.Sum(n => before.Info(n).Shape.Aggregate((a, b) => a * b)), again.Config.Parameters);
    }

    [Theory, MemberData(nameof(Names))]
    public void Whatever_is_recomputed_rounded_offloaded_or_streamed_gives_the_same_gradients(string name)
    {
        var plain = Gradients(name, new());
        foreach (var policy in new[] { "blocks", "every-2", "attention", "feed-forward", "budget-200KiB" })
            Near(plain, Gradients(name, new() { Checkpointing = CheckpointPolicy.Parse(policy), Offload = ActivationOffload.File }), 1e-5, policy);
        Near(plain, Gradients(name, new(), new() { Streaming = new WeightStreaming() }), 1e-6, "streamed");
        Near(plain, Gradients(name, new() { SavedActivations = ActivationType.Float16, Attention = AttentionKind.Tiled }), 2e-2, "rounded");
        using var _ = ElementWise.Using(null);
        Near(plain, Gradients(name, new()), 1e-5, "by operators");
    }

    [Theory, MemberData(nameof(Names))]
    public void Documents_packed_into_a_row_give_what_each_gives_alone(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = CausalLM.Load(Shared.Fixture("models", name));
        var ids = Ids(name).narrow(0, 0, 1);
        foreach (var kind in Enum.GetValues<AttentionKind>())
        {
            model.Execution = new() { Attention = kind };
            var packed = model.Hidden(ids, new SequenceLayout(1, 17, [new(0, 0, 9), new(0, 9, 8)]));
            Tolerance.Near(model.Hidden(ids.narrow(1, 0, 9)), packed.narrow(1, 0, 9), 1e-5, $"{kind}, first");
            Tolerance.Near(model.Hidden(ids.narrow(1, 9, 8)), packed.narrow(1, 9, 8), 1e-5, $"{kind}, second");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Quantized_it_computes_with_the_weights_that_it_decodes(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        foreach (var format in new[] { "nf4-dq", "int8", "bfloat16" })
        {
            using var quantized = CausalLM.Load(Shared.Fixture("models", name), new() { Projections = WeightFormat.Parse(format) });
            using var dense = CausalLM.Load(Shared.Fixture("models", name));
            foreach (var (path, projection) in dense.Projections.Where(p => p.Key != dense.Head.Path))
                ((DenseWeight)projection.Weight).Parameter.copy_(quantized.Projections[path].Weight.Decode(0, projection.OutFeatures));
            Tolerance.Near(dense.forward(Ids(name)), quantized.forward(Ids(name)), 1e-4, format);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Saved_in_4_bits_it_loads_with_the_same_codes(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        using var quantized = CausalLM.Load(Shared.Fixture("models", name), new() { Projections = WeightFormat.NF4Double });
        quantized.Save(folder.Path);
        using var again = CausalLM.Load(folder.Path);
        Tolerance.Near(quantized.forward(Ids(name)), again.forward(Ids(name)), 0, "loaded again");
    }

    [Theory, MemberData(nameof(Names))]
    public void Adapters_on_all_its_projections_train_merge_and_come_back_from_files(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = CausalLM.Load(Shared.Fixture("models", name));
        using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 3, TargetModules = ModuleSelection.Matching("all-linear") });
        Assert.Equal(model.Blocks.Sum(b => b.Projections.Count()), adapter.Parts.Count() / 2);
        using (var trainer = new Trainer(model, adapter.NamedParameters, new() { Steps = 3, LearningRate = 0.02 }))
        {
            var losses = trainer.Run(Enumerable.Range(0, 3).Select(_ => Batch(name)), cancellation: TestContext.Current.CancellationToken);
            Assert.True(losses[^1].Loss < losses[0].Loss);
        }
        using var _ = no_grad();
        var attached = model.forward(Ids(name));
        adapter.Save(folder["adapter"]);
        adapter.Merge();
        Tolerance.Near(attached, model.forward(Ids(name)), 1e-4, "merged");
        adapter.Unmerge();
        adapter.Detach();
        using var loaded = LoraAdapter.Load(model, folder["adapter"]);
        Tolerance.Near(attached, model.forward(Ids(name)), 1e-5, "loaded");
        LoraMerge.IntoCheckpoint(Shared.Fixture("models", name), folder["adapter"], folder["merged"], cancellation: TestContext.Current.CancellationToken);
        using var merged = CausalLM.Load(folder["merged"]);
        Tolerance.Near(attached, merged.forward(Ids(name)), 1e-4, "merged into the checkpoint");
        LoraMerge.IntoDequantized(Shared.Fixture("models", name), folder["adapter"], folder["dense"],
            new() { StoredAs = WeightFormat.Float32, Base = new() }, TestContext.Current.CancellationToken);
        using var dense = CausalLM.Load(folder["dense"]);
        Tolerance.Near(attached, dense.forward(Ids(name)), 1e-4, "merged into decoded weights");
    }

    [Theory]
    [InlineData("mistral", "self_attn.q_proj", "self_attn.v_proj")]
    [InlineData("phi3", "self_attn.qkv_proj")]
    [InlineData("gpt_neox", "attention.query_key_value")]
    [InlineData("gpt2", "attn.c_attn")]
    public void An_adapter_without_targets_takes_query_and_value_or_what_holds_them(string name, params string[] targets)
    {
        using var model = CausalLM.Load(Shared.Fixture("models", name));
        using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig());
        Assert.Equal(targets.Select(t => $"{model.Config.Family.LayerName(0)}.{t}"),
            model.Blocks[0].Projections.Where(p => p.Update is not null).Select(p => p.Path));
    }

    [Theory, MemberData(nameof(Names))]
    public void One_drawn_at_random_is_the_same_when_it_was_saved(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        // Without the file's own fields the writer makes them.
        var config = ModelConfig.Load(Shared.Fixture("models", name)) with { Source = null, InitializerRange = 0.1 };
        using var model = CausalLM.Random(config, 5);
        model.Save(folder.Path);
        using var again = CausalLM.Load(folder.Path);
        Assert.Equal(config.WindowOf(0), again.Config.WindowOf(0));
        Assert.Equal(config.WindowOf(1), again.Config.WindowOf(1));
        Assert.Equal(config, again.Config with
        {
            Source = null,
            WindowedLayers = config.WindowedLayers,
            EndTokens = config.EndTokens,
            Rotary = config.Rotary,
        });
        Tolerance.Near(model.forward(Ids(name)), again.forward(Ids(name)), 0, "loaded again");
    }

    [Theory, MemberData(nameof(Names))]
    public void A_number_that_is_not_finite_is_found_in_the_module_that_makes_it(string name)
    {
        using var scope = NewDisposeScope();
        using var batch = Batch(name);
        foreach (var at in Enumerable.Range(0, ModelConfig.Load(Shared.Fixture("models", name)).Layers))
        {
            using var model = CausalLM.Load(Shared.Fixture("models", name));
            Assert.Null(ForwardSearch.Run(model, batch));
            foreach (var projection in new[] { model.Blocks[at].FeedForward.Down, model.Blocks[at].Attention.Query })
            {
                using (no_grad())
                    ((DenseWeight)projection.Weight).Parameter[0, 0] = float.NaN;
                Assert.Contains($"'{projection.Path}' is not finite", ForwardSearch.Run(model, batch));
            }
        }
    }
}
