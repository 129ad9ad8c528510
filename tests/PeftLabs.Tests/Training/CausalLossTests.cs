using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training;

[Collection("Memory")]
public class CausalLossTests
{
    private static readonly TrainingOptions s_chunked =
        new() { Loss = LossKind.Chunked, LossChunkBytes = 4 * 96 * 3, LabelSmoothing = 0.1, ZLoss = 1e-3 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whole_and_chunked_train_a_model_alike(bool tied)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(TestModels.Config with { TiedEmbeddings = tied }, 1);
        model.SetTrainable(true);
        using var batch = Batch(20, 3);
        var (loss, gradients) = Gradients(
            model, model.named_parameters(), CausalLoss.Compute(model, batch, s_chunked with { Loss = LossKind.Whole }));
        var (chunked, found) = Gradients(model, model.named_parameters(), CausalLoss.Compute(model, batch, s_chunked));
        Assert.Equal(loss, chunked, 1e-5 * loss);
        Assert.All(gradients, g => Tolerance.Near(g.Value, found[g.Key], 1e-5, g.Key));
    }

    [Fact]
    public void Micro_batches_divided_by_all_targets_give_the_gradients_of_one_batch()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 4 });
        foreach (var (_, parameter) in adapter.NamedParameters)
            using (no_grad())
                parameter.add_(randn_like(parameter), 0.02);
        var examples = new[] { 9, 4, 12 }.Select(n => new TokenizedExample([.. Enumerable.Range(3, n)], n / 4)).ToArray();
        using var all = Batches.Collate(examples);
        var targets = CausalLoss.CountTargets(all);
        foreach (var options in new[] { s_chunked, s_chunked with { Loss = LossKind.Whole } })
        {
            var (loss, expected) = Gradients(model, adapter.NamedParameters, CausalLoss.Compute(model, all, options));
            var sum = 0.0;
            foreach (var example in examples)
            {
                using var micro = Batches.Collate([example]);
                using var part = CausalLoss.Compute(model, micro, options, targets);
                part.backward();
                sum += part.item<float>();
            }
            BackwardScope.Release();
            Assert.Equal(loss, sum, 1e-5 * loss);
            foreach (var (name, parameter) in adapter.NamedParameters)
            {
                Tolerance.Near(expected[name], parameter.grad!, 1e-5, name);
                parameter.grad = null;
            }
        }
    }

    [Theory]
    [InlineData(LossKind.Whole)]
    [InlineData(LossKind.Chunked)]
    public void A_micro_batch_without_labels_adds_nothing(LossKind kind)
    {
        using var model = CausalLM.Random(TestModels.Config, 1);
        model.SetTrainable(true);
        using var batch = new TrainingBatch(ones(2, 5, dtype: ScalarType.Int64), full(2, 5, -100, dtype: ScalarType.Int64));
        var options = new TrainingOptions { Loss = kind };
        var error = Assert.Throws<ArgumentException>(() => CausalLoss.Compute(model, batch, options));
        Assert.Contains("all 8", error.Message);
        using var loss = CausalLoss.Compute(model, batch, options, 10);
        loss.backward();
        BackwardScope.Release();
        Assert.Equal(0, loss.item<float>());
        Assert.All(model.parameters(), p => Assert.Equal(0, p.grad!.abs().max().item<float>()));
    }

    [Theory]
    [InlineData(96)]
    [InlineData(-1)]
    public void A_label_outside_the_vocabulary_is_refused_by_name(long label)
    {
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var batch = new TrainingBatch(ones(1, 5, dtype: ScalarType.Int64), full(1, 5, label, dtype: ScalarType.Int64));
        var error = Assert.Throws<ArgumentException>(() => CausalLoss.Compute(model, batch));
        Assert.Contains($"label {label}", error.Message);
        Assert.Contains("0 to 95", error.Message);
    }

    [Fact]
    public void Fewer_targets_than_labels_are_refused()
    {
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var batch = Batch(5, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => CausalLoss.Compute(model, batch, s_chunked, 7));
    }

    private static TrainingBatch Batch(int tokens, int rows)
    {
        var ids = Enumerable.Range(0, rows * tokens).Select(i => i * 7L % 96).ToArray();
        return new TrainingBatch(tensor(ids, rows, tokens), tensor(ids, rows, tokens));
    }

    private static (double Loss, Dictionary<string, Tensor> Gradients) Gradients(
        CausalLM model, IEnumerable<(string Name, Parameter Parameter)> parameters, Tensor loss)
    {
        loss.backward();
        BackwardScope.Release();
        Dictionary<string, Tensor> found = [];
        foreach (var (name, parameter) in parameters)
        {
            found.Add(name, parameter.grad!.clone());
            parameter.grad = null;
        }
        return (loss.item<float>(), found);
    }
}
