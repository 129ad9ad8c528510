using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PeftLabs.Adapters;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>A whole run, from loading to its record: what a lab calls when the steps between are not its subject.</summary>
public static class FineTuning
{
    // MaxGradientNorm may be infinity, which plain JSON has no number for.
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Predicts, loads, trains and measures.</summary>
    /// <param name="method">What is trained, and how the weights are stored.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="data">The data.</param>
    /// <param name="options">How all runs that are compared are trained; the method adds what it switches on.</param>
    /// <param name="use">Called with the trained model before it is freed, outside the measurement.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <param name="checkpoints">
    /// The folder of the run's checkpoints, one every <see cref="TrainingOptions.CheckpointEvery"/> steps. Where it has some, the run
    /// goes on from the newest whole one; what is measured is then what is left of the run, while its steps are all there.
    /// </param>
    /// <exception cref="TrainingCheckpointException">The checkpoints are of another run, or none of them is whole.</exception>
    public static LabRun Run(LabMethod method, string folder, LabData data, TrainingOptions options,
        Action<CausalLM, LoraAdapter?>? use = null, CancellationToken cancellation = default, string? checkpoints = null)
    {
        var lora = method.Lora;
        var predicted = data.Plan(ModelConfig.Load(folder), options, method).Predict();
        options = method.Training(options);
        using var record = RunWriter.Start(Describe(method, folder, data, options), LabPaths.Runs);
        using var meter = MemoryMeter.Start();
        var load = meter.Stage(MemoryStage.Load);
        using var model = CausalLM.Load(folder, method.Loading);
        using var adapter = lora is null ? null : LoraAdapter.Attach(model, lora, options.Seed);
        if (lora is null)
            model.SetTrainable(true);
        load.Dispose();
        using var trainer = new Trainer(model, adapter?.NamedParameters ?? model.named_parameters(), options, meter);
        using var resumable = checkpoints is null ? null : Resume(trainer, adapter, record, data, checkpoints);
        using var progress = new TerminalProgress(options.Steps);
        trainer.Run(data.Batches(trainer.BatchesSeen), step => { record.Append(step); progress.Show(step); }, cancellation);
        var (steps, measured) = (trainer.Records, meter.Report());
        record.Finish(measured, new Dictionary<string, double> { ["training"] = steps[^1].Loss });
        use?.Invoke(model, adapter);
        return new LabRun(method.Name, predicted, measured, steps, trainer.TrainedParameters, record.Folder);
    }

    private static TrainingCheckpoints Resume(Trainer trainer, LoraAdapter? adapter, RunWriter record, LabData data, string folder)
    {
        if (trainer.Options.CheckpointEvery == 0)
            throw new ArgumentException("A folder of checkpoints is given, and CheckpointEvery is 0; it must be above 0.", nameof(folder));
        var checkpoints = new TrainingCheckpoints(folder, adapter) { Facts = Facts(record, data) };
        try
        {
            trainer.Checkpoints = checkpoints;
            checkpoints.Resume(trainer);
            foreach (var step in trainer.Records)
                record.Append(step);
            return checkpoints;
        }
        catch
        {
            checkpoints.Dispose();
            throw;
        }
    }

    // What the numbers follow from beside the options: with another model or other data it is another run.
    private static Dictionary<string, string> Facts(RunWriter record, LabData data) => new()
    {
        ["ModelHash"] = record.Record.ModelHash ?? "",
        ["DataHash"] = data.Hash,
        ["DataSeed"] = $"{data.Seed}",
        ["Batch"] = $"{data.Batch}",
    };

    private static RunDescription Describe(LabMethod method, string folder, LabData data, TrainingOptions options)
    {
        var json = new JsonObject
        {
            ["training"] = JsonSerializer.SerializeToNode(options, s_json),
            ["batch"] = data.Batch,
            ["data_seed"] = data.Seed,
            ["lora"] = method.Lora is { } lora ? JsonNode.Parse(lora.ToJson()) : null,
            ["projections"] = method.Loading.Projections.Name,
            ["embedding"] = method.Loading.Embedding.Name,
            ["head"] = method.Loading.Head.Name,
        };
        return new RunDescription
        {
            Name = method.Name,
            Options = json,
            Seed = (long)options.Seed,
            ModelPath = folder,
            ModelHash = ContentHash.Of(folder),
        };
    }
}
