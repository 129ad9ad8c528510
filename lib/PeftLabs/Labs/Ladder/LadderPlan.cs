using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Quantization;
using PeftLabs.Training;
using static TorchSharp.torch;

namespace PeftLabs.Labs;

/// <summary>
/// The ladder: from full fine-tuning with nothing switched on to QLoRA with everything, one technique layered at a time, the same model,
/// data and seed on every rung.
/// </summary>
public static class LadderPlan
{
    // A technique that saves less than this share of the peak is none that a figure shows.
    private const double LeastSaving = 0.005;

    /// <summary>The key of the first rung.</summary>
    public const string Full = "full";

    /// <summary>The techniques, in the order in which they are tried.</summary>
    public static IReadOnlyList<LadderTechnique> Techniques { get; } =
    [
        // Without it the gradients of all parameters wait for the step; gradients that do not wait have no common norm to be clipped to.
        new("fused-step", "+ step within backward", s => Training(s, t => t with { FusedStep = true })),
        new("chunked-loss", "+ chunked loss", s => Training(s, t => t with { Loss = LossKind.Chunked })),
        new("checkpointing", "+ checkpointing", s => Training(s, t => t with { Checkpointing = CheckpointPolicy.Blocks })),
        new("adamw8bit", "+ 8-bit AdamW", s => Training(s, t => t with { Optimizer = OptimizerKind.AdamW8Bit })),
        new("lora", "LoRA, rank 16", s => s with { Lora = new() { Rank = 16, Alpha = 32, TargetModules = ModuleSelection.Matching("all-linear") } }),
        new("qlora", "QLoRA: NF4, double quantization", s => s with { Loading = ModelLoadOptions.QLora }),
        new("int8-embedding", "+ int8 embedding", s => s with { Loading = s.Loading with { Embedding = WeightFormat.Int8, Head = WeightFormat.Int8 } }),
        new("tiled-attention", "+ tiled attention", s => Training(s, t => t with { Attention = AttentionKind.Tiled })),
        new("bfloat16-activations", "+ bfloat16 activations", s => Training(s, t => t with { SavedActivations = ActivationType.BFloat16 })),
        new("offload", "+ offloaded activations", s => Training(s, t => t with { Offload = Elsewhere(s) })),
        new("streaming", "+ streamed weights", s => s with { Loading = s.Loading with { Streaming = new() } }),
    ];

    /// <summary>The first rung: everything is trained, in float32, with plain attention, the whole loss, and AdamW; no gradient is
    /// clipped, for not every technique can.</summary>
    public static RunSpec FullFineTuning(ModelSource model, DataRecipe data, int steps, double learningRate = 1e-4) => new()
    {
        Name = Full,
        Model = model,
        Data = data,
        Training = new()
        {
            Steps = steps,
            LearningRate = learningRate,
            Schedule = LearningRateSchedule.Constant,
            MaxGradientNorm = double.PositiveInfinity,
            Attention = AttentionKind.Plain,
            Loss = LossKind.Whole,
        },
    };

    /// <summary>
    /// The rungs from a first one down: each adds the first technique, in their order, that is predicted to lower the peak of the rung
    /// above; one that saves nothing yet is tried again further down, and one that never does is left out.
    /// </summary>
    /// <param name="first">The first rung's run.</param>
    /// <param name="speed">The machine's ceilings, for the predicted seconds; null for none.</param>
    public static IReadOnlyList<LadderRung> Rungs(RunSpec first, MachineSpeed? speed = null)
    {
        var maker = new Maker(FineTuning.MakeData(first), speed);
        List<LadderRung> rungs = [maker.First(first)];
        List<LadderTechnique> left = [.. Techniques];
        while (left.Select(t => maker.Saving(rungs[^1], t)).FirstOrDefault(r => r is not null) is { } next)
        {
            rungs.Add(next);
            left.RemoveAll(t => t.Key == next.Key);
        }
        return rungs;
    }

    /// <summary>The rungs of some techniques in the order given, whatever they save; the first rung is always there.</summary>
    /// <param name="first">The first rung's run.</param>
    /// <param name="keys">The techniques.</param>
    /// <param name="speed">The machine's ceilings, for the predicted seconds; null for none.</param>
    /// <exception cref="ArgumentException">There is no technique of that name, or it is named twice.</exception>
    public static IReadOnlyList<LadderRung> Rungs(RunSpec first, IReadOnlyList<string> keys, MachineSpeed? speed = null)
    {
        var maker = new Maker(FineTuning.MakeData(first), speed);
        List<LadderRung> rungs = [maker.First(first)];
        foreach (var key in keys.Where(k => k != Full))
        {
            if (rungs.Any(r => r.Key == key))
                throw new ArgumentException($"The rung '{key}' is named twice.", nameof(keys));
            rungs.Add(maker.Below(rungs[^1], Techniques.FirstOrDefault(t => t.Key == key) ?? throw new ArgumentException(
                $"There is no rung '{key}'; there are {Full}, {string.Join(", ", Techniques.Select(t => t.Key))}.", nameof(keys))));
        }
        return rungs;
    }

    private sealed class Maker(LabData data, MachineSpeed? speed)
    {
        public LadderRung First(RunSpec first) => Make(Full, "full fine-tuning", first);

        public LadderRung Below(LadderRung above, LadderTechnique technique) => Make(technique.Key, technique.Name, technique.Apply(above.Spec));

        public LadderRung? Saving(LadderRung above, LadderTechnique technique)
        {
            var rung = Below(above, technique);
            return CanRun(rung.Spec) && rung.PredictedPeakBytes < above.PredictedPeakBytes * (1 - LeastSaving) ? rung : null;
        }

        private LadderRung Make(string key, string name, RunSpec spec)
        {
            spec = spec with { Name = $"ladder: {name.TrimStart('+', ' ')}" };
            var plan = data.Plan(spec.Model.Config(), spec.Training, spec.Loading, spec.Lora) with { Weights = spec.Model.Weights() };
            return new(key, name, spec, LadderStage.Of(plan.Predict()))
            {
                PredictedSecondsPerStep = speed is null ? null : plan.PredictTime(speed).Seconds,
            };
        }

        // Only what is frozen can be quantized or streamed.
        private static bool CanRun(RunSpec spec) => spec.Lora is not null
            || (spec.Loading.Streaming is null && spec.Loading.Projections == WeightFormat.Float32 && spec.Loading.Embedding == WeightFormat.Float32);
    }

    private static RunSpec Training(RunSpec spec, Func<TrainingOptions, TrainingOptions> change) => spec with { Training = change(spec.Training) };

    private static ActivationOffload Elsewhere(RunSpec spec) =>
        device(spec.Device).type == TorchSharp.DeviceType.CPU ? ActivationOffload.File : ActivationOffload.Host;
}
