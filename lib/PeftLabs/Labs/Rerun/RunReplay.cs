using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>A recorded run, to be run again from its record alone.</summary>
public sealed class RunReplay
{
    private readonly string _folder;
    private RunReplay(string folder, RunRecord record, RunSpec spec)
    {
        (_folder, Record, Spec) = (folder, record, spec);
        using var data = FineTuning.MakeData(spec);
        Surroundings = RunSurroundings.Differences(record, data);
    }

    /// <summary>The record.</summary>
    public RunRecord Record { get; }

    /// <summary>What it is run from.</summary>
    public RunSpec Spec { get; }

    /// <summary>What of data, software and machine differs from the run's; with any of it the bits may be others.</summary>
    public IReadOnlyList<RunDifference> Surroundings { get; }

    /// <summary>Reads a run and sees whether it can be run again.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="InvalidDataException">
    /// The record is damaged, has no end, does not say how it was made, or its model or a file of its data is not what it was.
    /// </exception>
    /// <exception cref="FileNotFoundException">The folder holds no run, or the model is gone.</exception>
    public static RunReplay Open(string folder)
    {
        var record = RunRecord.Load(folder);
        if (record.Ended is null)
            throw new InvalidDataException($"The run {record.Id} has no end: it was broken off, or goes on, and there is nothing to compare with.");
        var spec = RunSpec.Parse(record.Options, $"The options of the run {record.Id}, which is of an older version or was not made by the kit,");
        if (spec.Model.Located is { } model && !Directory.Exists(model))
            throw new FileNotFoundException($"The model of the run {record.Id} is gone: there is no folder '{spec.Model.Folder}'.");
        if (spec.Model.Hash() is var hash && hash != record.ModelHash)
            throw new InvalidDataException($"The model of the run {record.Id}, '{spec.Model.Folder ?? spec.Model.Shape}', is another now: its hash was "
                + $"{record.ModelHash ?? "not recorded"} and is {hash}. Bring the model back as it was, or make a new run.");
        return new(folder, record, spec);
    }

    /// <summary>Runs it again, which leaves a record of its own, and compares.</summary>
    /// <param name="progress">Told of each step.</param>
    /// <param name="runs">The folder in which the new run's folder is made.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public RunComparison Run(Action<StepRecord>? progress, string runs, CancellationToken cancellation)
    {
        // A checkpoint every so many steps changes no bit; there is no folder for them here.
        var spec = Spec with { Training = Spec.Training with { CheckpointEvery = 0 } };
        var again = FineTuning.Run(spec, new() { Progress = progress, Runs = runs }, cancellation);
        return RunComparison.Of(_folder, again.Folder, Surroundings);
    }
}
