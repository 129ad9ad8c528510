using System.Diagnostics;
using PeftLabs.Adapters;
using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using PeftLabs.Training;
using static TorchSharp.torch;

namespace PeftLabs.Cli.Bench;

/// <summary>Takes training steps on random tokens and says what they cost.</summary>
public static class StepBenchmark
{
    /// <summary>Loads, takes one step that is not counted, and then the counted ones.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public static StepMeasurement Run(StepBenchmarkOptions options, Action<StepRecord>? progress = null, CancellationToken cancellation = default) =>
        Profile(options, progress, cancellation).Measurement;

    /// <summary>The same, with where time and memory went. The profile is of loading and of the counted steps.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public static StepProfile Profile(StepBenchmarkOptions options, Action<StepRecord>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate();
        var where = device(options.Device);
        using var meter = MemoryMeter.Start(new MemoryMeterOptions { Device = where, Synchronize = options.Synchronize });
        var resident = new ResidentSteps();
        using var load = meter.Stage(MemoryStage.Load);
        var start = Stopwatch.GetTimestamp();
        var loading = options.Loading() with { Device = where };
        using var model = options.Shape is { } shape
            ? CausalLM.Random(ModelShapes.Find(shape), 1, loading)
            : CausalLM.Load(LabModel.FolderOf(options.Model!), loading);
        using var adapter = Prepare(model, options);
        load.Dispose();
        resident.Loaded();
        var loadSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var trained = adapter?.NamedParameters ?? model.named_parameters();
        using var trainer = new Trainer(model, trained, options.Training with { Steps = options.StepsTaken }, meter);
        using var comparison = options.ComparesProfile ? new ProfileComparison(meter) : null;
        var steps = trainer.Run(RandomBatches(model.Config, options, where), Report, cancellation);
        var (memory, profile, plan) = (meter.Report(), meter.Profile(), options.Plan(model.Config));
        return new(StepMeasurement.Of(options, steps, memory, loadSeconds, resident) with
        {
            PredictedSecondsPerStep = plan.Unpredicted is null && where.type == TorchSharp.DeviceType.CPU ? plan.PredictTime(MeasuredSpeed.Current).Seconds : null,
            PredictedPeakBytes = plan.Unpredicted is null ? plan.Predict().Max(s => s.PeakBytes) : 0,
        }, memory, profile)
        {
            Cost = comparison?.Cost,
        };

        void Report(StepRecord step)
        {
            progress?.Invoke(step);
            if (step.Step == 1)
                meter.ForgetProfiledSteps();
            comparison?.StepEnded();
        }
    }

    private static LoraAdapter? Prepare(CausalLM model, StepBenchmarkOptions options)
    {
        switch (options.Method)
        {
            case "full":
                model.SetTrainable(true);
                return null;
            case "lora" or "qlora":
                return LoraAdapter.Attach(model, options.Lora);
            default:
                throw new ArgumentException($"--method is '{options.Method}'; it must be full, lora or qlora.");
        }
    }

    private static IEnumerable<TrainingBatch> RandomBatches(ModelConfig config, StepBenchmarkOptions options, Device where)
    {
        for (var step = 0; ; step++)
            yield return RandomBatch(config, options, where, step);
    }

    private static TrainingBatch RandomBatch(ModelConfig config, StepBenchmarkOptions options, Device where, int step)
    {
        using var profile = ProfileScope.Operator("batch");
        var bits = new RandomBits((ulong)step, "tokens");
        var ids = Enumerable.Range(0, options.Batch * options.Tokens).Select(i => (long)(bits.Unit(i) * config.VocabularySize)).ToArray();
        return new(tensor(ids, options.Batch, options.Tokens, device: where), tensor(ids, options.Batch, options.Tokens, device: where));
    }
}
