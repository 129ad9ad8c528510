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
    /// The folder of the run's checkpoints, one every <see cref="TrainingOptions.CheckpointEvery"/> steps, from whose newest whole one
    /// the run goes on; null for none.
    /// </summary>
    public string? Checkpoints { get; init; }

    /// <summary>The folder in which the run's own folder is made.</summary>
    public string Runs { get; init; } = LabPaths.Runs;
}
