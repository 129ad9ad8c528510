using PeftLabs.Memory;
using PeftLabs.Planning;
using PeftLabs.Training;

namespace PeftLabs.Labs.Reports;

/// <summary>A run as its folder holds it.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Record">Its run.json.</param>
/// <param name="Steps">Its steps.jsonl; empty where the run was broken off before the first step ended.</param>
public sealed record StoredRun(string Folder, RunRecord Record, IReadOnlyList<StepRecord> Steps)
{
    /// <summary>The run's id.</summary>
    public string Id => Record.Id;

    /// <summary>Whether it came to its end; one that did not was broken off, or still runs.</summary>
    public bool IsFinished => Record.Ended is not null;

    /// <summary>The model's shape, or the name of its folder; null for one made in place.</summary>
    public string? Model => RunMethod.Model(Record);

    /// <summary>What was trained, such as "full", "lora" or "qlora"; null where the options do not say.</summary>
    public string? Method => RunMethod.Of(Record);

    /// <summary>The loss of the last step; null before the first.</summary>
    public double? LastLoss => Steps.Count == 0 ? null : Steps[^1].Loss;

    /// <summary>The most bytes alive: as metered, or as the steps noted it in a run without an end; null where neither did.</summary>
    public long? PeakBytes => Record.Memory?.PeakBytes ?? (Steps.Select(step => step.PeakBytes).DefaultIfEmpty().Max() is > 0 and var bytes ? bytes : null);

    /// <summary>The highest peak of the stages predicted; null where nothing was.</summary>
    public long? PredictedPeakBytes => Predicted.Count == 0 ? null : Predicted.Max(stage => stage.PeakBytes);

    /// <summary>By how many percent the predicted peak is above (below, where negative) the measured one; null without both.</summary>
    public double? PredictedOff => Record.Memory is null || PredictedPeakBytes is not { } predicted || Record.Memory.PeakBytes == 0
        ? null
        : 100.0 * (predicted - Record.Memory.PeakBytes) / Record.Memory.PeakBytes;

    /// <summary>Median seconds of a step, the first left out; null before the first.</summary>
    public double? SecondsPerStep => Record.SecondsPerStep ?? (Steps.Count == 0 ? null : StepSeconds.Median(Steps));

    /// <summary>The stages as predicted; empty where they were not.</summary>
    internal IReadOnlyList<StagePrediction> Predicted => Record.Predicted ?? [];

    /// <summary>The stages as measured; empty where they were not, and before the run's end.</summary>
    internal IReadOnlyList<StageMemory> Measured => Record.Memory?.Stages ?? [];

    /// <summary>The stages that were both predicted and measured.</summary>
    internal IReadOnlyList<StageComparison> Compared => StageComparison.Of(Predicted, Measured);

    /// <summary>Reads a run's folder.</summary>
    /// <exception cref="FileNotFoundException">It holds no record or no steps.</exception>
    /// <exception cref="InvalidDataException">A file in it is damaged; the message says where.</exception>
    public static StoredRun Load(string folder) => new(folder, RunRecord.Load(folder), RunRecord.LoadSteps(folder));
}
