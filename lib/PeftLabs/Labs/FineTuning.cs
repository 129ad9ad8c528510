using PeftLabs.Adapters;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Tokenization;
using PeftLabs.Training;
using static TorchSharp.torch;

namespace PeftLabs.Labs;

/// <summary>A whole run, from loading to its record: what a lab calls when the steps between are not its subject.</summary>
public static class FineTuning
{
    // What a lab's run is asked before and after: enough to see whether it learned, little beside its steps.
    private const int HeldOut = 8, Samples = 2;

    /// <summary>Predicts, loads, trains, measures, and leaves a record in <see cref="LabPaths.Runs"/>.</summary>
    /// <param name="method">What is trained, and how the weights are stored.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="data">The data, made with the model's own tokenizer.</param>
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
        if (checkpoints is not null && options.CheckpointEvery == 0)
            throw new ArgumentException("A folder of checkpoints is given, and CheckpointEvery is 0; it must be above 0.", nameof(checkpoints));
        using var progress = new TerminalProgress(options.Steps);
        var spec = RunSpec.Of(method, folder, data, options) with { HeldOut = HeldOut, Samples = Samples };
        return Run(spec, data, new RunCalls { Progress = progress.Show, Use = use, Checkpoints = checkpoints }, cancellation);
    }

    /// <summary>Makes a spec's data, predicts, loads, trains, measures, and leaves a record.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="calls">What happens beside it.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The spec's parts do not fit together.</exception>
    /// <exception cref="TrainingCheckpointException">The checkpoints are of another run, or none of them is whole.</exception>
    /// <exception cref="RunInterruptedException">It was cancelled after a step, and there is a folder of checkpoints.</exception>
    public static LabRun Run(RunSpec spec, RunCalls? calls = null, CancellationToken cancellation = default)
    {
        using var data = OpenData(spec, null, cancellation);
        return Run(spec, data, calls ?? new(), cancellation);
    }

    /// <summary>The data of a spec, on its device. A file's records are tokenized where that was not done before.</summary>
    /// <exception cref="ArgumentException">The spec's parts do not fit together.</exception>
    /// <exception cref="InstructionDataException">A file has something in it that is not right.</exception>
    /// <exception cref="InvalidDataException">A file is another than was recorded.</exception>
    public static LabData MakeData(RunSpec spec) => OpenData(spec, null, default);

    /// <summary>The same, told how far the tokenizing of a file is.</summary>
    internal static LabData OpenData(RunSpec spec, IProgress<InstructionProgress>? progress, CancellationToken cancellation) =>
        On(spec, LabData.Make(spec.Data, DataTools.Of(spec), progress, cancellation));

    /// <summary>Predicts, loads, trains, measures, and leaves a record.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="data">The data of its recipe.</param>
    /// <param name="calls">What happens beside it.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    internal static LabRun Run(RunSpec spec, LabData data, RunCalls calls, CancellationToken cancellation)
    {
        data = On(spec, data);
        // Of a file the record names what it holds.
        spec = spec with { Data = data.Recipe };
        var heldOut = new HeldOutCheck(data, spec);
        using var record = RunWriter.Start(Describe(spec, data, cancellation), calls.Runs);
        using var meter = MemoryMeter.Start(new MemoryMeterOptions { Device = device(spec.Device) });
        using var load = meter.Stage(MemoryStage.Load);
        using var loaded = new LoadedModel(spec);
        load.Dispose();
        using var trainer = new Trainer(loaded.Model, loaded.Trained, spec.Training, meter);
        var check = new RunCheck(loaded.Model, heldOut, data.Tokenizer, calls.Evaluator, meter);
        check.Before(cancellation);
        meter.ForgetProfiledSteps();
        using var resumable = calls.Checkpoints is null ? null : Resume(trainer, loaded.Adapter, record, data, calls);
        trainer.Validate = step => check.Validate(step.Step);
        Train(trainer, data, record, check, meter, calls, cancellation);
        calls.Use?.Invoke(loaded.Model, loaded.Adapter);
        return new LabRun(spec.Name, record.Record.Predicted ?? [], record.Record.Memory!, trainer.Records, trainer.TrainedParameters, record.Folder)
        {
            Record = record.Record,
        };
    }

    private static void Train(
        Trainer trainer, LabData data, RunWriter record, RunCheck check, MemoryMeter meter, RunCalls calls, CancellationToken cancellation)
    {
        try
        {
            trainer.Run(data.Batches(trainer.BatchesSeen), step => Tell(step, trainer.Options, record, meter, calls), cancellation);
            var measured = Measured(record.Record, trainer, meter);
            check.After(cancellation);
            record.Finish(r => measured with { Ended = r.Ended, Evaluations = check.Evaluations, Samples = check.Samples });
        }
        catch (OperationCanceledException) when (trainer.Checkpoints is not null && trainer.StepsTaken > 0)
        {
            var checkpoint = trainer.Checkpoints.Save(trainer);
            record.Interrupt(r => Measured(r, trainer, meter));
            throw new RunInterruptedException(record.Folder, checkpoint.Folder, trainer.StepsTaken);
        }
    }

    private static void Tell(StepRecord step, TrainingOptions options, RunWriter record, MemoryMeter meter, RunCalls calls)
    {
        record.Append(step);
        // The first step, which also warms up, is no measure of the others.
        if (step.Step == 1 && options.Steps > 1)
            meter.ForgetProfiledSteps();
        calls.Progress?.Invoke(step);
    }

    private static RunRecord Measured(RunRecord record, Trainer trainer, MemoryMeter meter) => record with
    {
        Memory = meter.Report(),
        Profile = meter.Profile(),
        SecondsPerStep = StepSeconds.Median(trainer.Records),
        FinalLosses = new Dictionary<string, double> { ["training"] = trainer.Records[^1].Loss },
        TrainedHash = TrainedHash.Of(trainer.Parameters),
    };

    private static LabData On(RunSpec spec, LabData data) =>
        device(spec.Device).type == TorchSharp.DeviceType.CPU ? data : data.Arranged(data.Recipe.Batches with { Device = device(spec.Device) });

    private static TrainingCheckpoints Resume(Trainer trainer, LoraAdapter? adapter, RunWriter record, LabData data, RunCalls calls)
    {
        var checkpoints = new TrainingCheckpoints(calls.Checkpoints!, adapter) { Facts = Facts(record.Record, data), Warn = calls.Warn };
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
    private static Dictionary<string, string> Facts(RunRecord record, LabData data) => new()
    {
        ["ModelHash"] = record.ModelHash ?? "",
        ["DataHash"] = data.Hash,
        ["DataSeed"] = $"{data.Seed}",
        ["Batch"] = $"{data.Batch}",
    };

    private static RunDescription Describe(RunSpec spec, LabData data, CancellationToken cancellation)
    {
        var plan = data.Plan(spec.Model.Config(), spec.Training, spec.Loading, spec.Lora, cancellation) with { Weights = spec.Model.Weights() };
        var portable = spec.Portable();
        return new RunDescription
        {
            Name = spec.Name,
            Options = portable.ToJson(),
            Seed = (long)spec.Training.Seed,
            ModelPath = portable.Model.Folder,
            ModelHash = spec.Model.Hash(),
            DataHash = data.Hash,
            Predicted = plan.Unpredicted is null ? plan.Predict() : null,
            // The ceilings that are measured are the processor's.
            PredictedSecondsPerStep = plan.Unpredicted is null && device(spec.Device).type == TorchSharp.DeviceType.CPU
                ? plan.PredictTime(MeasuredSpeed.Current).Seconds : null,
        };
    }
}
