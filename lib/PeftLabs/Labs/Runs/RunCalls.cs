using PeftLabs.Adapters;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>What happens beside a run and changes nothing of it.</summary>
public sealed record RunCalls
{
    /// <summary>Told of each step as it ends.</summary>
    public Action<StepRecord>? Progress { get; init; }

    /// <summary>Called with the trained model before it is freed, outside the measurement.</summary>
    public Action<CausalLM, LoraAdapter?>? Use { get; init; }

    /// <summary>
    /// The folder of the run's checkpoints, from whose newest whole one the run goes on; null for none. There is one every
    /// <see cref="TrainingOptions.CheckpointEvery"/> steps, and one where the run is interrupted.
    /// </summary>
    public string? Checkpoints { get; init; }

    /// <summary>Told of checkpoints passed over and of settings changed harmlessly; standard error where not set.</summary>
    public Action<string> Warn { get; init; } = Console.Error.WriteLine;

    /// <summary>What else is asked of the model, such as a task's metrics, and kept with the record's evaluations; null for nothing.</summary>
    public IRunEvaluator? Evaluator { get; init; }

    /// <summary>The folder in which the run's own folder is made.</summary>
    public string Runs { get; init; } = LabPaths.Runs;
}
