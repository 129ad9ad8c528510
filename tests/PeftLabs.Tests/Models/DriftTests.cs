using PeftLabs.Models;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

[Collection("Memory")]
public class DriftTests
{
    private static readonly int[] Ids = [.. Enumerable.Range(0, 30).Select(i => i * 11 % 96)];

    [Fact]
    public void It_is_the_divergence_of_the_softmaxes_of_both()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var one = CausalLM.Random(TestModels.Config, 1);
        using var other = CausalLM.Random(TestModels.Config, 2);
        using var drift = Drift.From(one, Ids, 64, TestContext.Current.CancellationToken);
        var result = drift.To(other, TestContext.Current.CancellationToken);
        var (p, q) = (Logits(one), Logits(other));
        var golden = p.log_softmax(1).exp().mul(p.log_softmax(1).sub(q.log_softmax(1))).sum(dim: 1);
        Assert.Equal(golden.mean().item<double>(), result.MeanKl, 1e-6 * result.MeanKl);
        Assert.Equal(golden.max().item<double>(), result.MaxKl, 1e-6 * result.MaxKl);
        Assert.Equal(Ids.Length - 1, result.Tokens);

        static Tensor Logits(CausalLM model) => model.forward(tensor(Ids.Select(i => (long)i).ToArray(), 1, Ids.Length))
            .squeeze(0).narrow(0, 0, Ids.Length - 1).to(ScalarType.Float64);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(512)]
    public void A_model_does_not_drift_from_itself_and_every_token_counts_once(int window)
    {
        using var model = CausalLM.Random(TestModels.Config, 1, new ModelLoadOptions { Projections = WeightFormat.NF4 });
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using var drift = Drift.From(model, Ids, window, TestContext.Current.CancellationToken);
        Assert.Equal(new DriftResult(0, 0, Ids.Length - 1), drift.To(model, TestContext.Current.CancellationToken));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Wrong_texts_and_models_are_refused()
    {
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var wider = CausalLM.Random(TestModels.Config with { VocabularySize = 97 }, 1);
        Assert.Contains("Token 1 of the text is 96", Assert.Throws<ArgumentException>(() => Drift.MeanKl(model, model, [0, 96])).Message);
        Assert.Contains("at least 2", Assert.Throws<ArgumentException>(() => Drift.MeanKl(model, model, [0])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Drift.MeanKl(model, model, Ids, window: 1));
        Assert.Contains("97", Assert.Throws<ArgumentException>(() => Drift.MeanKl(model, wider, Ids)).Message);
    }
}
