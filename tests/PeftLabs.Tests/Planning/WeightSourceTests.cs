using System.Text.Json.Nodes;
using PeftLabs.Models;
using PeftLabs.Planning;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Planning;

[Collection("Memory")]
public class WeightSourceTests(TinyCheckpoints checkpoints) : IClassFixture<TinyCheckpoints>
{
    [Theory]
    [InlineData("torch_dtype", "bfloat16", ScalarType.BFloat16)]
    [InlineData("dtype", "float16", ScalarType.Float16)]
    [InlineData("other", "float16", ScalarType.Float32)]
    public void A_config_says_the_type_of_its_checkpoint(string field, string value, ScalarType type)
    {
        var config = TinyCheckpoints.Shapes["llama"] with { Source = new JsonObject { [field] = value } };

        Assert.Equal(WeightSource.Checkpoint(type), WeightSource.Of(config));
        Assert.Equal(WeightSource.Checkpoint(type), TrainingPlan.OnText(config, 1, 8).Weights);
    }

    [Fact]
    public void A_folder_says_it_tensor_by_tensor()
    {
        Assert.Equal(WeightSource.Checkpoint(ScalarType.BFloat16), WeightSource.Of(checkpoints.Folder("llama", "bfloat16-shards")));
        var quantized = WeightSource.Of(checkpoints.Folder("qwen2", "nf4"));
        Assert.Equal((ScalarType.BFloat16, ScalarType.Float32), (quantized.Embedding, quantized.Vectors));
    }

    [Fact]
    public void What_a_quantized_checkpoint_holds_is_planned_in_its_own_format()
    {
        var config = ModelConfig.Load(checkpoints.Folder("qwen2", "nf4"));

        var predicted = TrainingPlan.OnText(config, 1, 8, new()).Predict();

        Assert.Contains(predicted[0].End, t => t.Name == "projections (nf4-dq)");
        Assert.DoesNotContain(predicted[0].End, t => t.Name == "projections (float32)");
    }
}
