using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training;

[Collection("Memory")]
public class TrainerTests
{
    private static readonly ModelConfig s_config = new()
    {
        Family = ModelFamily.Qwen2,
        Layers = 2,
        HiddenSize = 32,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 8,
        IntermediateSize = 64,
        VocabularySize = 96,
        TiedEmbeddings = true,
        QueryKeyValueBias = true,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_hundred_steps_end_with_the_bytes_and_tensors_that_the_second_ended_with(bool lora)
    {
        using var meter = MemoryMeter.Start();
        using var model = CausalLM.Random(s_config, 1);
        using var adapter = lora ? LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 2, Dropout = 0.1, Bias = AdapterBias.All }) : null;
        if (!lora)
            model.SetTrainable(true);
        using var trainer = new Trainer(model, adapter?.NamedParameters ?? model.named_parameters(), new TrainingOptions { Steps = 200 }, meter);
        List<(long Bytes, long Tensors)> ends = [];
        trainer.Run(Endless(), _ => ends.Add((meter.CurrentBytes, DisposeScopeManager.Statistics.ThreadTotalLiveCount)),
            TestContext.Current.CancellationToken);
        Assert.Equal(200, ends.Count);
        Assert.Equal(ends[1], ends[199]);
        Assert.Equal(0, meter.UnseenFrees);
    }

    [Fact]
    public void Dropout_follows_from_the_seed_the_step_and_the_batch()
    {
        Assert.Equal(DropoutSeeds(1), DropoutSeeds(1));
        Assert.Equal(4, DropoutSeeds(1).Concat(DropoutSeeds(2)).Distinct().Count());

        static ulong[] DropoutSeeds(ulong seed)
        {
            using var model = CausalLM.Random(s_config, 1);
            using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 2, Dropout = 0.1 });
            using var trainer = new Trainer(model, adapter.NamedParameters, new TrainingOptions { Steps = 2, Seed = seed });
            List<ulong> seeds = [];
            trainer.Run(Endless(), _ => seeds.Add(model.Projections.Values.First().DropoutSeed), TestContext.Current.CancellationToken);
            return [.. seeds];
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("blocks")]
    public void Accumulated_batches_train_as_one_large_batch_though_their_token_counts_differ(string checkpointing)
    {
        TokenizedExample[] examples = [new([5, 6, 7, 8, 9, 10], 1), new([9, 10, 11], 1), new([12, 13, 14, 15, 16], 4), new([3, 4, 5, 6], 1)];
        var large = Run([[.. examples]], 1);
        var small = Run([[examples[0]], [examples[1], examples[2]], [examples[3]]], 3);
        Assert.Equal(large.Loss, small.Loss, 1e-6);
        Assert.Equal(large.GradientNorm!.Value, small.GradientNorm!.Value, 1e-5);
        Assert.All(large.Weights.Zip(small.Weights), w => Assert.Equal(w.First, w.Second, 1e-6));

        (double Loss, double? GradientNorm, float[] Weights) Run(TokenizedExample[][] batches, int accumulate)
        {
            using var model = CausalLM.Random(s_config, 1);
            using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 2 }, 3);
            // SGD would show a wrong share at once; AdamW's ε does where it is large.
            var options = new TrainingOptions
            {
                Steps = 2,
                LearningRate = 0.1,
                Epsilon = 1,
                Accumulate = accumulate,
                Checkpointing = CheckpointPolicy.Parse(checkpointing),
            };
            using var trainer = new Trainer(model, adapter.NamedParameters, options);
            var steps = trainer.Run(batches.Concat(batches).Select(b => Batches.Collate(b)));
            Assert.Equal(2, steps.Count);
            return (steps[1].Loss, steps[1].GradientNorm, [.. adapter.NamedParameters.SelectMany(p => p.Parameter.data<float>())]);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        var (first, second) = (Losses(7), Losses(7));
        Assert.Equal(first, second);
        Assert.NotEqual(first, Losses(8));

        static List<double> Losses(ulong seed)
        {
            using var model = CausalLM.Random(s_config, 1);
            using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 2, Dropout = 0.2 }, seed);
            var options = new TrainingOptions { Steps = 5, LearningRate = 0.05, Seed = seed };
            using var trainer = new Trainer(model, adapter.NamedParameters, options);
            return [.. trainer.Run(Endless()).Select(r => r.Loss)];
        }
    }

    [Fact]
    public void Prompts_and_padding_are_left_out_of_the_loss()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(s_config, 1);
        TokenizedExample[] examples = [new([5, 6, 7, 8], 2), new([9, 10, 11], 1)];
        using var batch = Batches.Collate(examples);
        Assert.Equal([-100L, -100, 7, 8, -100, 10, 11, -100], batch.Labels.data<long>());
        var logits = model.forward(batch.Ids).log_softmax(-1);
        var expected = -new[] { (0, 1, 7), (0, 2, 8), (1, 0, 10), (1, 1, 11) }.Average(t => logits[t.Item1, t.Item2, t.Item3].item<float>());
        Assert.Equal(expected, CausalLoss.Compute(model, batch).item<float>(), 1e-4);
        Assert.Equal(4, CausalLoss.CountTargets(batch));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run()
    {
        using var model = CausalLM.Random(s_config, 1);
        model.SetTrainable(true);
        using (no_grad())
            model.FinalNorm.Weight.fill_(float.NaN);
        using var trainer = new Trainer(model, model.named_parameters(), new TrainingOptions());
        var error = Assert.Throws<TrainingException>(() => trainer.Run(Endless(), cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(1, error.Step);
        Assert.Contains("NaN", error.Message);
    }

    [Fact]
    public void A_parameter_without_a_gradient_stops_the_run_with_its_name()
    {
        using var model = CausalLM.Random(s_config, 1);
        model.SetTrainable(true);
        using var stray = new Parameter(ones(3));
        using var trainer = new Trainer(model, model.named_parameters().Append(("stray", stray)), new TrainingOptions());
        var error = Assert.Throws<TrainingException>(() => trainer.Run(Endless(), cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("'stray'", error.Message);
    }

    [Fact]
    public void Cancelling_stops_between_two_steps()
    {
        using var model = CausalLM.Random(s_config, 1);
        model.SetTrainable(true);
        using var trainer = new Trainer(model, model.named_parameters(), new TrainingOptions());
        using var source = new CancellationTokenSource();
        var steps = 0;
        Assert.Throws<OperationCanceledException>(() => trainer.Run(Endless(), _ => { if (++steps == 3) source.Cancel(); }, source.Token));
        Assert.Equal(3, steps);
    }

    [Fact]
    public void Gradients_are_clipped_to_the_limit_together()
    {
        using var scope = NewDisposeScope();
        var parameters = new[] { new Parameter(zeros(2)), new Parameter(zeros(1)) };
        parameters[0].grad = tensor(new[] { 3f, 0 });
        parameters[1].grad = tensor(new[] { 4f });
        Assert.Equal(5, GradientNorm.Clip(parameters, 1), 1e-6);
        Assert.Equal(0.6f, parameters[0].grad![0].item<float>(), 1e-5f);
        Assert.Equal(0.8f, parameters[1].grad![0].item<float>(), 1e-5f);
        Assert.Equal(1, GradientNorm.Clip(parameters, 100), 1e-5);
        Assert.Equal(0.6f, parameters[0].grad![0].item<float>(), 1e-5f);
    }

    private static IEnumerable<TrainingBatch> Endless()
    {
        var examples = Enumerable.Range(0, 7).Select(i => new TokenizedExample([.. Enumerable.Range(i, 12).Select(t => t * 5 % 96)], i % 3));
        return Batches.Shuffled([.. examples], 3, 4);
    }
}
