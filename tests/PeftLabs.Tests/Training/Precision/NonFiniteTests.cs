using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training.Precision;

public class NonFiniteTests
{
    [Fact]
    public void A_weight_that_is_broken_already_is_named_the_trained_ones_first()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 2 });
        using var batch = Batch();
        (string Name, Parameter Parameter)[] trained = [.. adapter.NamedParameters];
        Set(model.Blocks[1].FeedForwardNorm.Weight, float.NaN, 3);
        Assert.Contains("'model.layers.1.post_attention_layernorm.weight' is not finite already (NaN at [3])",
            NonFinite.Describe(model, batch, trained));
        Set(trained[^1].Parameter, float.PositiveInfinity, 1, 1);
        Assert.Contains($"'{trained[^1].Name}' is not finite already (Infinity at [1, 1])", NonFinite.Describe(model, batch, trained));
    }

    [Theory]
    [InlineData("model.layers.1.self_attn.q_proj")]
    [InlineData("model.layers.0.self_attn.o_proj")]
    [InlineData("model.layers.1.mlp.up_proj")]
    [InlineData("model.layers.0.mlp.down_proj")]
    public void The_first_module_whose_output_overflows_is_named(string path)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var batch = Batch();
        Fill(model.Projections[path], 3e38f);
        // What comes into this one is small otherwise.
        if (path.EndsWith("down_proj", StringComparison.Ordinal))
            Fill(model.Projections["model.layers.0.mlp.up_proj"], 1e5f);
        var found = NonFinite.Describe(model, batch, []);
        Assert.Contains($"The output of '{path}' is not finite in row ", found);
        Assert.Null(model.BlockSeen);
    }

    [Fact]
    public void The_row_and_the_token_are_those_that_overflow()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var batch = Batch();
        using (no_grad())
        {
            // Feature 0 is that of token id 50 alone, which stands in row 1, place 2; and the first query weight overflows with it.
            var embedding = ((DenseWeight)model.Embedding).Parameter;
            embedding.narrow(1, 0, 1).zero_();
            embedding[50, 0] = 100f;
            ((DenseWeight)model.Blocks[0].Attention.Query.Weight).Parameter[0, 0] = 3e38f;
        }
        Assert.Contains("q_proj' is not finite in row 1 of the batch, token 2 (Infinity in feature 0)",
            NonFinite.Describe(model, batch, []));
    }

    [Fact]
    public void A_head_that_overflows_is_named_where_a_label_asks_for_it()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var batch = Batch();
        using (no_grad())
            batch.Labels.narrow(0, 0, 1).fill_(TrainingBatch.Ignored);
        Fill(model.Head, 3e38f);
        Assert.Contains("The logits of 'lm_head' are not finite in row 1 of the batch, token 0", NonFinite.Describe(model, batch, []));
    }

    [Fact]
    public void A_gradient_that_overflows_is_named_the_last_layer_first()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(TestModels.Config, 1);
        var everywhere = new LoraAdapterConfig { Rank = 2, TargetModules = ModuleSelection.Matching("all-linear") };
        using var adapter = LoraAdapter.Attach(model, everywhere);
        using var batch = Batch();
        (string Name, Parameter Parameter)[] trained = [.. adapter.NamedParameters];
        foreach (var (name, parameter) in trained)
            parameter.grad = full(parameter.shape, name.Contains("gate_proj", StringComparison.Ordinal)
                || name.Contains("layers.0", StringComparison.Ordinal) ? float.NegativeInfinity : 0);
        var found = NonFinite.Describe(model, batch, trained);
        Assert.Contains("layers.1.mlp.gate_proj", found);
        Assert.Contains("-Infinity at [0, 0]", found);
        foreach (var (_, parameter) in trained)
            parameter.grad = null;
        Assert.Contains("finite now", NonFinite.Describe(model, batch, trained));
    }

    [Fact]
    public void Looking_leaves_nothing_behind()
    {
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var batch = Batch();
        Fill(model.Projections["model.layers.1.mlp.down_proj"], 3e38f);
        NonFinite.Describe(model, batch, []);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        NonFinite.Describe(model, batch, []);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void Set(Tensor tensor, float value, params long[] place)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        foreach (var index in place[..^1])
            tensor = tensor[index];
        tensor[place[^1]] = value;
    }

    private static void Fill(Projection projection, float value)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        ((DenseWeight)projection.Weight).Parameter.fill_(value);
    }

    private static TrainingBatch Batch()
    {
        long[] ids = [3, 4, 5, 6, 7, 8, 9, 50, 10, 11];
        return new TrainingBatch(tensor(ids, 2, 5), tensor(ids, 2, 5));
    }
}
