using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>A whole run, from loading to its record: what a lab calls when the steps between are not its subject.</summary>
public static class FineTuning
{
    /// <summary>Predicts, loads, trains and measures; full fine-tuning without an adapter's configuration.</summary>
    /// <param name="name">What figures call the run.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="data">The data.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="lora">The adapter; null for full fine-tuning.</param>
    /// <param name="use">Called with the trained model before it is freed, outside the measurement.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public static LabRun Run(string name, string folder, LabData data, TrainingOptions options, LoraAdapterConfig? lora = null,
        Action<CausalLM, LoraAdapter?>? use = null, CancellationToken cancellation = default)
    {
        var predicted = data.Plan(ModelConfig.Load(folder), options.Steps, lora).Predict();
        using var record = RunWriter.Start(Describe(name, folder, data, options, lora), LabPaths.Runs);
        using var meter = MemoryMeter.Start();
        var load = meter.Stage(MemoryStage.Load);
        using var model = CausalLM.Load(folder);
        using var adapter = lora is null ? null : LoraAdapter.Attach(model, lora, options.Seed);
        if (lora is null)
            model.SetTrainable(true);
        load.Dispose();
        using var trainer = new Trainer(model, adapter?.NamedParameters ?? model.named_parameters(), options, meter);
        using var progress = new TerminalProgress(options.Steps);
        var steps = trainer.Run(data.Batches(), step => { record.Append(step); progress.Show(step); }, cancellation);
        var measured = meter.Report();
        record.Finish(measured, new Dictionary<string, double> { ["training"] = steps[^1].Loss });
        use?.Invoke(model, adapter);
        return new LabRun(name, predicted, measured, steps, trainer.TrainedParameters, record.Folder);
    }

    private static RunDescription Describe(string name, string folder, LabData data, TrainingOptions options, LoraAdapterConfig? lora)
    {
        var json = new JsonObject
        {
            ["training"] = JsonSerializer.SerializeToNode(options),
            ["batch"] = data.Batch,
            ["data_seed"] = data.Seed,
            ["lora"] = lora is null ? null : JsonNode.Parse(lora.ToJson()),
        };
        return new RunDescription
        {
            Name = name,
            Options = json,
            Seed = (long)options.Seed,
            ModelPath = folder,
            ModelHash = ContentHash.Of(folder),
        };
    }
}
