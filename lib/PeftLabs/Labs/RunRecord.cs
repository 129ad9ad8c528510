using System.Text.Json.Nodes;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Planning;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>A training run that a figure can be traced to: the file run.json of its folder. Beside it, steps.jsonl has a
/// <see cref="StepRecord"/> a line. No host, no user and no home folder is named in it.</summary>
public sealed record RunRecord
{
    /// <summary>The file of the record in a run's folder.</summary>
    public const string FileName = "run.json";

    /// <summary>The file of the steps in a run's folder.</summary>
    public const string StepsFileName = "steps.jsonl";

    /// <summary>The form of the file; 1 is the only one so far.</summary>
    public required int Format { get; init; }

    /// <summary>When it began (UTC) and eight digits of a hash, such as "20260301-141530-9f86d081": the name of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>What its author called it.</summary>
    public required string Name { get; init; }

    /// <summary>Its options: the JSON of a <see cref="RunSpec"/>, where the kit made the run.</summary>
    public JsonNode? Options { get; init; }

    /// <summary>The seed of everything random in it.</summary>
    public required long Seed { get; init; }

    /// <summary>The model's path, relative to the repository, or to the working folder, where it lies in it; null for a model made in place.</summary>
    public string? ModelPath { get; init; }

    /// <summary><see cref="ContentHash"/> of the model.</summary>
    public string? ModelHash { get; init; }

    /// <summary><see cref="ContentHash"/> of the training data.</summary>
    public string? DataHash { get; init; }

    /// <summary>The software that it ran on.</summary>
    public required SoftwareVersions Versions { get; init; }

    /// <summary>The machine that it ran on.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it was finished; null while it runs and when it was broken off.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>When it was interrupted between two steps, its checkpoint written; null where it was not. It has no end then.</summary>
    public DateTimeOffset? Interrupted { get; init; }

    /// <summary>How many steps steps.jsonl held when this was written.</summary>
    public required long Steps { get; init; }

    /// <summary>Memory by stage, where it was metered.</summary>
    public MemoryReport? Memory { get; init; }

    /// <summary>Losses at the end by name, such as "train" and "evaluation".</summary>
    public IReadOnlyDictionary<string, double> FinalLosses { get; init; } = new Dictionary<string, double>();

    /// <summary>The stages as predicted before anything was loaded; null in older records.</summary>
    public IReadOnlyList<StagePrediction>? Predicted { get; init; }

    /// <summary>Seconds of a step as predicted for this machine; null where they were not.</summary>
    public double? PredictedSecondsPerStep { get; init; }

    /// <summary>Median seconds of a step, the first left out; null while it runs and in older records.</summary>
    public double? SecondsPerStep { get; init; }

    /// <summary><see cref="Labs.TrainedHash"/> of the trained parameters at the end.</summary>
    public string? TrainedHash { get; init; }

    /// <summary>Figures before and after, on what was not trained on.</summary>
    public IReadOnlyList<RunEvaluation>? Evaluations { get; init; }

    /// <summary>How the model went on from some prompts, before and after.</summary>
    public IReadOnlyList<RunSample>? Samples { get; init; }

    /// <summary>Where time and memory went by stage, block and operator, the first step left out; null in older records.</summary>
    public RunProfile? Profile { get; init; }

    /// <summary>Reads the record of a run's folder and checks it.</summary>
    /// <exception cref="FileNotFoundException">The folder holds no run.json.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of a form that is not known; the message says where.</exception>
    public static RunRecord Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{folder}' is no folder of a run: there is no {FileName} in it.", path);
        var record = RunJson.Read<RunRecord>(File.ReadAllText(path), path);
        RunRecordCheck.Check(record, path);
        return record;
    }

    /// <summary>Reads the steps of a run's folder. A last line that was broken off is left out: a run may be read while it goes on,
    /// and one that was killed keeps every step before.</summary>
    /// <exception cref="FileNotFoundException">The folder holds no steps.jsonl.</exception>
    /// <exception cref="InvalidDataException">A line is damaged, or the steps do not count upwards; the message says which.</exception>
    public static IReadOnlyList<StepRecord> LoadSteps(string folder)
    {
        var path = Path.Combine(folder, StepsFileName);
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{folder}' holds no steps of a run: there is no {StepsFileName} in it.", path);
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return RunRecordCheck.Steps(file.ReadToEnd(), path);
    }
}
