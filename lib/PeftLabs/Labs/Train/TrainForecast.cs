using PeftLabs.Planning;

namespace PeftLabs.Labs;

/// <summary>What a described run is predicted to take; nothing of the model is loaded for it.</summary>
/// <param name="Spec">The run, its steps as they follow from epochs.</param>
/// <param name="Examples">Examples to train on.</param>
/// <param name="Stages">The memory of its stages; empty where predictions do not follow the model.</param>
/// <param name="SecondsPerStep">The seconds of a step on this machine, of a batch with as many tokens as there are on average; null where they cannot be predicted, as on a GPU.</param>
public sealed record TrainForecast(RunSpec Spec, int Examples, IReadOnlyList<StagePrediction> Stages, double? SecondsPerStep)
{
    /// <summary>What of the model's family keeps it from being predicted, such as "its window"; null where it is.</summary>
    public string? Unpredicted { get; init; }

    /// <summary>The highest peak; 0 where nothing is predicted.</summary>
    public long PeakBytes => Stages.Select(stage => stage.PeakBytes).DefaultIfEmpty(0).Max();

    /// <summary>The seconds of all steps.</summary>
    public double? Seconds => SecondsPerStep * Spec.Training.Steps;
}
