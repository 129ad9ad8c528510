using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>What happens beside a described run and changes nothing of it.</summary>
public sealed record TrainCalls
{
    /// <summary>
    /// Goes on from the newest checkpoint of a run to the same folder. Where there is none the run begins at its first step, unless the
    /// folder holds a whole run, which is not replaced.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>Begins anew, and replaces what an earlier run left in the folder.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Told before the first step what is run: the steps are those that follow from epochs.</summary>
    public Action<RunSpec>? Started { get; init; }

    /// <summary>Told of each step as it ends.</summary>
    public Action<StepRecord>? Progress { get; init; }

    /// <summary>Told how far the tokenizing of a data file is.</summary>
    public IProgress<InstructionProgress>? Tokenizing { get; init; }

    /// <summary>Told how far the evaluation of the task is, before and after.</summary>
    public IProgress<EvaluationProgress>? Evaluating { get; init; }

    /// <summary>Told in plain sentences what else is worth knowing.</summary>
    public Action<string> Say { get; init; } = Console.Error.WriteLine;

    /// <summary>Whether figures are drawn as PNG too, where Chromium is.</summary>
    public bool Pictures { get; init; } = true;

    /// <summary>The folder in which the run's record is made.</summary>
    public string Runs { get; init; } = LabPaths.Runs;
}
