using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training;

/// <summary>
/// Any techniques together train as the plain run does: random combinations, each beside the run in which nothing is switched on.
/// </summary>
[Collection("Memory")]
public class TechniqueCombinationTests
{
    private const int Steps = 4;

    private static readonly ModelConfig s_config = new()
    {
        Family = ModelFamily.Qwen2,
        Layers = 3,
        HiddenSize = 64,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 16,
        IntermediateSize = 128,
        VocabularySize = 96,
        TiedEmbeddings = true,
        QueryKeyValueBias = true,
    };

    private static readonly TokenizedExample[] s_examples =
        [.. Enumerable.Range(0, 4).Select(i => new TokenizedExample([.. Enumerable.Range(0, 21 - 4 * i).Select(t => (i * 31 + t * 7) % 96)], i))];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

    [Theory, MemberData(nameof(Seeds))]
    public void Loss_is_the_plain_runs_within_the_techniques_tolerance(int seed)
    {
        var drawn = Combination.Draw(seed);
        var (plain, combined) = (Losses(drawn.Plain()), Losses(drawn));
        Assert.Equal(Steps, combined.Count);
        for (var step = 0; step < Steps; step++)
            Assert.True(Math.Abs(plain[step] - combined[step]) <= drawn.Tolerance,
                $"step {step + 1}: {combined[step]} and not {plain[step]} within {drawn.Tolerance}: {drawn}");
        Assert.NotEqual(plain[0], plain[^1], 1e-3);
    }

    [Trait("Speed", "Slow")]
    [Theory, InlineData(100), InlineData(101), InlineData(102), InlineData(103)]
    public void Nothing_leaks_in_five_hundred_steps(int seed)
    {
        using var meter = MemoryMeter.Start();
        List<(long Bytes, long Tensors)> ends = [];
        Train(Combination.Draw(seed), 500, meter, _ => ends.Add((meter.CurrentBytes, DisposeScopeManager.Statistics.ThreadTotalLiveCount)));
        Assert.Equal(500, ends.Count);
        Assert.Equal(ends[1], ends[^1]);
        Assert.Equal(0, meter.UnseenFrees);
    }

    private static List<double> Losses(Combination combination)
    {
        List<double> losses = [];
        Train(combination, Steps, null, record => losses.Add(record.Loss));
        return losses;
    }

    private static void Train(Combination combination, int steps, MemoryMeter? meter, Action<StepRecord> progress)
    {
        using var model = CausalLM.Random(s_config, 1, combination.Loading);
        var lora = new LoraAdapterConfig
        {
            Rank = 4,
            Alpha = 8,
            Dropout = combination.Dropout,
            TargetModules = ModuleSelection.Matching("all-linear"),
        };
        using var adapter = combination.Method == "full" ? null : LoraAdapter.Attach(model, lora, 5);
        if (adapter is null)
            model.SetTrainable(true);
        using var trainer = new Trainer(model, adapter?.NamedParameters ?? model.named_parameters(), combination.Options with { Steps = steps }, meter);
        trainer.Run(Batches(combination), progress);
    }

    // The same four examples at every step: as one batch, or in micro-batches, padded or packed.
    private static IEnumerable<TrainingBatch> Batches(Combination combination)
    {
        var each = s_examples.Length / combination.Options.Accumulate;
        while (true)
            foreach (var examples in s_examples.Chunk(each))
                yield return combination.IsPacked ? Packed(examples) : PeftLabs.Training.Batches.Collate(examples);
    }

    private static TrainingBatch Packed(TokenizedExample[] examples)
    {
        var width = examples.Sum(e => e.Ids.Count) + 3;
        var planned = new PlannedBatch(0, [[.. Enumerable.Range(0, examples.Length)]], width, 3);
        return Collation.Make(examples, planned, i => examples[i].Ids.Count, packed: true, padId: 0, device: null);
    }

    private sealed record Combination(string Method, ModelLoadOptions Loading, TrainingOptions Options, double Dropout, bool IsPacked)
    {
        /// <summary>How far a loss may be off: techniques that compute the same, up to rounding, beside those that store less.</summary>
        public double Tolerance => Options.SavedActivations == ActivationType.BFloat16 ? 2e-2
            : Options.SavedActivations == ActivationType.Float16 || Options.Optimizer is OptimizerKind.AdamW8Bit or OptimizerKind.PagedAdamW8Bit ? 5e-3
            // Which directions span a subspace turns where several are nearly as good.
            : Options.Optimizer is OptimizerKind.GaLore ? 1e-2
            // A sign turns where a gradient is nearly zero, whichever way it is rounded.
            : Options.Optimizer is OptimizerKind.Lion ? 2e-3 : 1e-4;

        public static Combination Draw(int seed)
        {
            var bits = new RandomBits((ulong)seed, "combination");
            var next = 0L;
            T One<T>(params T[] choices) => choices[(int)(bits.Unit(next++) * choices.Length)];
            var method = One("full", "lora", "qlora");
            var fused = One(true, false);
            var accumulate = One(1, 1, 2, 4);
            var options = new TrainingOptions
            {
                LearningRate = 5e-3,
                Schedule = LearningRateSchedule.Constant,
                MaxGradientNorm = fused ? double.PositiveInfinity : 1,
                FusedStep = fused,
                Accumulate = accumulate,
                Checkpointing = CheckpointPolicy.Parse(One("none", "blocks", "every-2", "attention", "feed-forward", "budget-2MiB")),
                Offload = One(ActivationOffload.None, ActivationOffload.File),
                SavedActivations = One(ActivationType.Float32, ActivationType.Float32, ActivationType.BFloat16, ActivationType.Float16),
                Attention = One(AttentionKind.Plain, AttentionKind.Sdpa, AttentionKind.Tiled),
                Loss = One(LossKind.Whole, LossKind.Chunked),
                LossChunkBytes = One(1, 4 * 96 * 7, 1 << 20),
                LabelSmoothing = One(0, 0.1),
                ZLoss = One(0, 1e-3),
                Optimizer = One(Enum.GetValues<OptimizerKind>()),
                PagedBudgetBytes = One(0, 20_000, 1 << 30),
                LoraPlusRatio = One(1, 4),
                GaLoreRank = 4,
                GaLoreInterval = 2,
            };
            var loading = method == "qlora" ? ModelLoadOptions.QLora : new ModelLoadOptions();
            loading = loading with { Streaming = method != "full" && One(true, false) ? new WeightStreaming() : null };
            var packed = One(true, false);
            // Masks follow the place in the batch, so they are those of the plain run where batches are.
            return new(method, loading, options, method != "full" && accumulate == 1 && !packed ? One(0, 0.1) : 0, packed);
        }

        /// <summary>The run with nothing switched on: what decides what is trained stays, what only decides how goes.</summary>
        public Combination Plain() => this with
        {
            IsPacked = false,
            Loading = Loading with { Streaming = null },
            Options = new TrainingOptions
            {
                LearningRate = Options.LearningRate,
                Schedule = Options.Schedule,
                MaxGradientNorm = Options.MaxGradientNorm,
                Loss = LossKind.Whole,
                LabelSmoothing = Options.LabelSmoothing,
                ZLoss = Options.ZLoss,
                LoraPlusRatio = Options.LoraPlusRatio,
                GaLoreRank = Options.GaLoreRank,
                GaLoreInterval = Options.GaLoreInterval,
                Optimizer = Options.Optimizer switch
                {
                    OptimizerKind.AdamW8Bit or OptimizerKind.PagedAdamW or OptimizerKind.PagedAdamW8Bit => OptimizerKind.AdamW,
                    var other => other,
                },
            },
        };

        public override string ToString() => $"{Method}, dropout {Dropout}, packed {IsPacked}, streamed {Loading.Streaming is not null}, {Options}";
    }
}
