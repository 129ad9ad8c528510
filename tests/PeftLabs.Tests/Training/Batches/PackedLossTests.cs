using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training;

[Collection("Memory")]
public class PackedLossTests
{
    private static readonly TokenizedExample[] s_examples =
        [.. new[] { 5, 11, 3, 17, 8, 2, 13 }.Select(Example)];

    public static TheoryData<AttentionKind, BatchKind> Ways
    {
        get
        {
            var ways = new TheoryData<AttentionKind, BatchKind>();
            foreach (var attention in Enum.GetValues<AttentionKind>())
            {
                foreach (var kind in Enum.GetValues<BatchKind>())
                    ways.Add(attention, kind);
            }
            return ways;
        }
    }

    [Theory, MemberData(nameof(Ways))]
    public void Loss_and_gradients_equal_those_of_the_examples_one_by_one(AttentionKind attention, BatchKind kind)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(TestModels.Config, 3);
        model.SetTrainable(true);
        var expected = Run(model, s_examples.Select(e => Batches.Collate([e])));
        var plan = new BatchPlan(s_examples, new() { Kind = kind, Size = 2, Tokens = 36 });
        var planned = plan.PlannedFrom().TakeWhile(b => b.Epoch == 0).ToList();
        // A padded batch may end one epoch and begin the next.
        if (kind == BatchKind.Padded)
            planned = [.. planned.SkipLast(1), plan.Plan(0, planned[^1].Rows.Take(1).Select(r => r.ToArray()))];
        Assert.Equal(s_examples.Length, planned.Sum(b => b.Examples.Count()));
        // What is computed again must find the documents where they were.
        foreach (var checkpointing in new[] { CheckpointPolicy.None, CheckpointPolicy.Blocks })
        {
            model.Execution = new() { Attention = attention, Checkpointing = checkpointing };
            var actual = Run(model, planned.Select(plan.Make));
            Assert.Equal(expected.Loss, actual.Loss, 1e-5);
            foreach (var (name, gradient) in expected.Gradients)
                Tolerance.Near(gradient, actual.Gradients[name], 1e-5, $"{checkpointing.Name}: {name}");
        }
    }

    [Fact]
    public void A_document_sees_nothing_of_its_neighbours()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = CausalLM.Random(TestModels.Config, 3);
        var layout = new SequenceLayout(2, 9, [new(0, 0, 4), new(0, 4, 5), new(1, 1, 6)]);
        var first = tensor(Enumerable.Range(0, 18).Select(i => (long)i).ToArray(), 2, 9);
        var other = first.clone();
        other.select(0, 0).narrow(0, 0, 4).add_(50);
        var (a, b) = (model.Hidden(first, layout), model.Hidden(other, layout));
        Assert.True(a.select(0, 0).narrow(0, 4, 5).equal(b.select(0, 0).narrow(0, 4, 5)).all().item<bool>());
        Assert.False(a.select(0, 0).narrow(0, 0, 4).allclose(b.select(0, 0).narrow(0, 0, 4)));
        Tolerance.Near(model.Hidden(first.narrow(0, 1, 1).narrow(1, 1, 6)), a.narrow(0, 1, 1).narrow(1, 1, 6), 1e-5, "a document alone");
    }

    [Fact]
    public void A_layout_of_another_shape_or_with_a_cache_is_refused()
    {
        using var model = CausalLM.Random(TestModels.Config, 3);
        using var ids = zeros([1, 4], dtype: ScalarType.Int64);
        using var cache = new KeyValueCache(model.Config);
        Assert.Contains("does not fit", Assert.Throws<ArgumentException>(() => model.Hidden(ids, SequenceLayout.Plain(1, 5))).Message);
        Assert.Contains("cache", Assert.Throws<ArgumentException>(() => model.Hidden(ids, SequenceLayout.Plain(1, 4), cache)).Message);
    }

    [Theory]
    [InlineData(AttentionKind.Plain)]
    [InlineData(AttentionKind.Sdpa)]
    [InlineData(AttentionKind.Tiled)]
    public void Steps_on_packed_batches_leave_no_tensor_behind(AttentionKind attention)
    {
        using var model = CausalLM.Random(TestModels.Config, 3);
        using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 2 });
        using var trainer = new Trainer(model, adapter.NamedParameters, new TrainingOptions { Steps = 20, Attention = attention });
        List<long> tensors = [];
        var batches = new BatchPlan(s_examples, new() { Kind = BatchKind.Packed, Size = 2, Tokens = 20 }).From();
        var records = trainer.Run(
            batches, _ => tensors.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount), TestContext.Current.CancellationToken);
        Assert.Equal(20, records.Count);
        Assert.Equal(tensors[1], tensors[^1]);
        Assert.Contains(records, r => r.PaddingTokens > 0);
    }

    private static TokenizedExample Example(int tokens, int index) =>
        new([.. Enumerable.Range(0, tokens).Select(t => (t * 7 + index * 13) % 96)], index % 2);

    // The mean over all targets of all batches, and its gradients.
    private static (double Loss, Dictionary<string, Tensor> Gradients) Run(CausalLM model, IEnumerable<TrainingBatch> batches)
    {
        var (total, count) = (0.0, 0L);
        foreach (var batch in batches)
        {
            using (batch)
            using (NewDisposeScope())
            {
                var targets = CausalLoss.CountTargets(batch);
                using var loss = CausalLoss.Compute(model, batch).mul(targets);
                loss.backward();
                BackwardScope.Release();
                (total, count) = (total + loss.item<float>(), count + targets);
            }
        }
        var gradients = model.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.grad!.div(count));
        foreach (var (_, parameter) in model.named_parameters())
            parameter.grad = null;
        return (total / count, gradients);
    }
}
