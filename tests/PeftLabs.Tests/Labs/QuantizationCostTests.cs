using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tests.Formats;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;

namespace PeftLabs.Tests.Labs;

[Collection("Memory")]
public class QuantizationCostTests
{
    private static readonly int[] Ids = [.. Enumerable.Range(0, 48).Select(i => i * 13 % 96)];

    private static readonly WeightFormat[] Formats =
        [WeightFormat.Float32, WeightFormat.BFloat16, WeightFormat.Int8, WeightFormat.NF4, WeightFormat.FP4];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Float32_costs_nothing_and_fewer_bits_cost_more()
    {
        using var folder = new TemporaryFolder();
        TestModels.Write(TestModels.Config, folder.Path, SafeTensorType.Float32);
        var costs = QuantizationCost.Measure(folder.Path, Ids, Formats, cancellation: Cancellation);
        using var model = CausalLM.Load(folder.Path);
        Assert.Equal((0.0, 0.0, 0.0), (costs[0].RelativeError, costs[0].MeanKl, costs[0].Drift.MaxKl));
        Assert.Equal(Perplexity.Of(model, Ids), costs[0].Perplexity);
        Assert.All(costs.Zip(costs.Skip(1)), pair => Assert.True(pair.First.RelativeError < pair.Second.RelativeError, $"{pair.Second.Format}"));
        Assert.All(costs.Zip(costs.Skip(1)), pair => Assert.True(pair.First.MeanKl < pair.Second.MeanKl, $"{pair.Second.Format}"));
        Assert.InRange(costs[3].RelativeError, 0.08, 0.11); // NF4 in blocks of 64 on normal weights
        foreach (var cost in costs)
        {
            Assert.Equal(cost.PredictedBytes, cost.MeasuredBytes);
            Assert.Equal(2, cost.ErrorByLayer.Count);
            Assert.Equal(7, cost.ErrorByProjection.Count);
        }
    }

    [Fact]
    public void Errors_are_those_of_the_encoded_matrices()
    {
        using var folder = new TemporaryFolder();
        TestModels.Write(TestModels.Config, folder.Path, SafeTensorType.BFloat16);
        var cost = QuantizationCost.Measure(folder.Path, Ids, [WeightFormat.NF4Double], cancellation: Cancellation)[0];
        using var scope = torch.NewDisposeScope();
        using var checkpoint = Checkpoint.Open(folder.Path);
        var weight = checkpoint.Read("model.layers.1.mlp.up_proj.weight", torch.ScalarType.Float32);
        using var stored = WeightFormat.NF4Double.Encode(weight);
        var golden = stored.Decode(0, stored.Rows).sub(weight).norm().item<float>() / weight.norm().item<float>();
        Assert.Equal(golden, cost.Errors.Single(e => e is { Layer: 1, Projection: "mlp.up_proj" }).Relative, 1e-5);
    }

    [Fact]
    public void A_trained_model_gives_the_same_numbers_twice_and_frees_everything()
    {
        var folder = Shared.Fixture("models", "stories260K");
        var story = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!["story_ids"]!.AsArray();
        int[] ids = [.. story.Select(id => (int)id!)];
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var one = QuantizationCost.Measure(folder, ids, Formats, 32, Cancellation);
        var two = QuantizationCost.Measure(folder, ids, Formats, 32, Cancellation);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(one.Select(c => (c.Perplexity, c.MeanKl, c.RelativeError)), two.Select(c => (c.Perplexity, c.MeanKl, c.RelativeError)));
        Assert.InRange(one[3].Perplexity / one[0].Perplexity, 0.9, 1.5);
    }

    [Fact]
    public void The_figures_show_every_format_and_layer()
    {
        using var folder = new TemporaryFolder();
        TestModels.Write(TestModels.Config, folder.Path, SafeTensorType.Float32);
        var costs = QuantizationCost.Measure(folder.Path, Ids, Formats, cancellation: Cancellation);
        var (cost, errors) = (QuantizationCost.Figure(costs), QuantizationCost.ErrorByLayer(costs));
        var points = JsonNode.Parse(cost.ToJson())!["data"]![0]!;
        Assert.Equal(Formats.Select(f => f.Name), points["text"]!.AsArray().Select(t => (string)t!));
        Assert.Equal(4, (double)points["x"]![0]!);
        Assert.Equal(costs[3].Perplexity, (double)points["y"]![3]!, 1e-4);
        Assert.Equal(Formats.Select(f => f.Name), errors.Traces.Select(t => t.Name));
        Assert.All(errors.Traces, t => Assert.Equal(2, t.Y.Count));
        Assert.Contains("nf4", cost.ToText());
    }

    [Fact]
    public void Nothing_to_measure_and_a_quantized_model_are_refused()
    {
        using var folder = new TemporaryFolder();
        TestModels.Write(TestModels.Config, folder.Path, SafeTensorType.Float32);
        Assert.Throws<ArgumentException>(() => QuantizationCost.Measure(folder.Path, Ids, [], cancellation: Cancellation));
        Assert.Throws<ArgumentException>(() => QuantizationCost.Measure(folder.Path, [1], Formats, cancellation: Cancellation));
        Assert.Throws<ModelFormatException>(() =>
            QuantizationCost.Measure(Shared.Fixture("models", "llama-bnb-4bit"), Ids, Formats, cancellation: Cancellation));
    }
}
