using System.Diagnostics;
using PeftLabs.Adapters;
using PeftLabs.Hub;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Training;
using static TorchSharp.torch;

namespace PeftLabs.Cli.Bench;

/// <summary>Takes training steps on random tokens and says what they cost.</summary>
public static class StepBenchmark
{
    /// <summary>Loads, takes one step that is not counted, and then the counted ones.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public static StepMeasurement Run(StepBenchmarkOptions options, Action<StepRecord>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate();
        var where = device(options.Device);
        using var meter = MemoryMeter.Start(new MemoryMeterOptions { Device = where });
        using var load = meter.Stage(MemoryStage.Load);
        var start = Stopwatch.GetTimestamp();
        var loading = options.Loading() with { Device = where };
        using var model = options.Shape is { } shape
            ? CausalLM.Random(ModelShapes.Find(shape), 1, loading)
            : CausalLM.Load(ModelLocation.Find(options.Model!), loading);
        using var adapter = Prepare(model, options.Method);
        load.Dispose();
        var loadSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var trained = adapter?.NamedParameters ?? model.named_parameters();
        using var trainer = new Trainer(model, trained, options.Training with { Steps = options.Steps + 1 }, meter);
        var steps = trainer.Run(RandomBatches(model.Config, options, where), progress, cancellation);
        return StepMeasurement.Of(options, steps, meter.Report(), loadSeconds);
    }

    private static LoraAdapter? Prepare(CausalLM model, string method)
    {
        switch (method)
        {
            case "full":
                model.SetTrainable(true);
                return null;
            case "lora" or "qlora":
                return LoraAdapter.Attach(model, StepBenchmarkOptions.PeersLora);
            default:
                throw new ArgumentException($"--method is '{method}'; it must be full, lora or qlora.");
        }
    }

    private static IEnumerable<TrainingBatch> RandomBatches(ModelConfig config, StepBenchmarkOptions options, Device where)
    {
        for (var step = 0; ; step++)
        {
            var bits = new RandomBits((ulong)step, "tokens");
            var ids = Enumerable.Range(0, options.Batch * options.Tokens).Select(i => (long)(bits.Unit(i) * config.VocabularySize)).ToArray();
            yield return new TrainingBatch(
                tensor(ids, options.Batch, options.Tokens, device: where), tensor(ids, options.Batch, options.Tokens, device: where));
        }
    }
}
