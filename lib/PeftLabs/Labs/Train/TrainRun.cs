using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Hub;
using PeftLabs.Models;

namespace PeftLabs.Labs;

/// <summary>Runs what is described: from the data to the folder of an adapter or a model, with its card and its figures.</summary>
public static class TrainRun
{
    /// <summary>Predicts a run's memory and seconds from its data and the model's shape.</summary>
    /// <param name="config">The run.</param>
    /// <param name="calls">Told how far the tokenizing of a file is.</param>
    /// <param name="cancellation">Stops the tokenizing, and the look at every batch.</param>
    /// <exception cref="ArgumentException">The run's parts do not fit together.</exception>
    /// <exception cref="Training.InstructionDataException">A data file has something in it that is not right.</exception>
    public static TrainForecast Predict(TrainConfig config, TrainCalls? calls = null, CancellationToken cancellation = default)
    {
        using var data = FineTuning.OpenData(config.Run, calls?.Tokenizing, cancellation);
        var spec = WithSteps(config, data);
        var plan = data.Plan(spec.Model.Config(), spec.Training, spec.Loading, spec.Lora, cancellation) with { Weights = spec.Model.Weights() };
        if (plan.Unpredicted is { } unpredicted)
            return new(spec, data.Examples, [], null) { Unpredicted = unpredicted };
        var seconds = TorchSharp.torch.device(spec.Device).type == TorchSharp.DeviceType.CPU ? plan.PredictTime(MeasuredSpeed.Current).Seconds : (double?)null;
        // The plan is of the largest batch, and time goes with tokens.
        var share = data.MeanTokens(spec.Training, cancellation) / (plan.Batch * plan.Tokens);
        return new(spec, data.Examples, plan.Predict(), seconds * share);
    }

    /// <summary>Trains, and writes what was trained into <see cref="TrainConfig.Output"/>, which appears whole or not at all.</summary>
    /// <param name="config">The run.</param>
    /// <param name="calls">What happens beside it.</param>
    /// <param name="cancellation">Stops after the step that is being taken; a checkpoint is left to go on from.</param>
    /// <exception cref="RunInterruptedException">It was cancelled after a step, and is to have an output.</exception>
    /// <exception cref="ArgumentException">The run's parts do not fit together.</exception>
    /// <exception cref="IOException">The output holds an earlier run that is neither to be replaced nor to be gone on from, or cannot be written.</exception>
    public static TrainResult Run(TrainConfig config, TrainCalls? calls = null, CancellationToken cancellation = default)
    {
        calls ??= new();
        var folder = config.Output is null ? null : new TrainFolder(config.Output, calls.Resume, calls.Overwrite);
        using var data = FineTuning.OpenData(config.Run, calls.Tokenizing, cancellation);
        var spec = WithSteps(config, data);
        calls.Started?.Invoke(spec);
        folder?.Prepare(config.Merged);
        AtomicFolder? output = null;
        using var removed = new Memory.OnDispose(() => output?.Dispose());
        var run = FineTuning.Run(spec, data, new()
        {
            Progress = calls.Progress,
            Runs = calls.Runs,
            Warn = calls.Say,
            Checkpoints = folder?.Checkpoints,
            Evaluator = Evaluator(config, calls.Evaluating),
            Use = (model, adapter) => output = Save(folder, spec, model, adapter),
        }, cancellation);
        if (output is not null)
            Finish(config, run, output, folder!, calls);
        return new(config, run, output?.Target, Merge(config, output, cancellation));
    }

    private static RunEvaluator? Evaluator(TrainConfig config, IProgress<EvaluationProgress>? progress) => config is { TaskExamples: 0, TextExamples: 0 }
        ? null : new(config.TaskExamples > 0 ? [LabTasks.Find(config.Run.Data.Task!)] : [],
        config.TextExamples > 0 ? TextDocuments.General(config.TextExamples) : null,
        new() { Examples = Math.Max(1, config.TaskExamples) }, progress);

    private static RunSpec WithSteps(TrainConfig config, LabData data)
    {
        var training = config.Run.Training;
        return config.Epochs is { } epochs ? config.Run with { Training = training with { Steps = data.StepsOf(epochs, training.Accumulate) } } : config.Run;
    }

    private static AtomicFolder? Save(TrainFolder? folder, RunSpec spec, CausalLM model, LoraAdapter? adapter)
    {
        var output = folder?.Begin();
        try
        {
            if (output is not null && adapter is not null)
                adapter.Save(output.Temporary, BaseName(spec.Model));
            else if (output is not null)
                SaveModel(output.Temporary, spec, model);
            return output;
        }
        catch
        {
            output?.Dispose();
            throw;
        }
    }

    private static void SaveModel(string folder, RunSpec spec, CausalLM model)
    {
        model.Save(folder);
        if (spec.Model.Located is { } source)
            ModelCompanions.Copy(source, folder);
    }

    // Once the weights stand, nothing that is only drawn can lose them.
    private static void Finish(TrainConfig config, LabRun run, AtomicFolder output, TrainFolder folder, TrainCalls calls)
    {
        AtomicFile.WriteText(Path.Combine(output.Temporary, TrainFolder.ConfigName), config.ToYaml());
        AtomicFile.WriteText(Path.Combine(output.Temporary, "README.md"), TrainCard.Write(config, run));
        output.Commit();
        if (config.Run.Training.CheckpointEvery == 0)
            folder.RemoveCheckpoints();
        if (TrainFigures.Save(run, Path.Combine(output.Target, "figures"), calls.Pictures) is { } missing)
            calls.Say(missing);
    }

    private static string? Merge(TrainConfig config, AtomicFolder? output, CancellationToken cancellation)
    {
        if (config.Merged is null || output is null || config.Run.Model.Located is not { } model)
            return null;
        LoraMerge.IntoCheckpoint(model, output.Target, config.Merged, new() { Base = config.Run.Loading }, cancellation);
        return Path.GetFullPath(config.Merged);
    }

    /// <summary>What an adapter's files call its base: the name on the hub, or the folder.</summary>
    internal static string BaseName(ModelSource model) => model.Shape ?? (ModelLocation.NameOf(model.Located!) is var name && name.Contains('/')
        ? name : PortablePath.InRepository(model.Located!));
}
