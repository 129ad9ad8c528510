using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Planning;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>A run in a lab: what was predicted, what was measured, and how it went.</summary>
/// <param name="Name">What the figures call it.</param>
/// <param name="Predicted">The stages as predicted before anything was loaded; none where predictions do not follow the family.</param>
/// <param name="Measured">The stages as the meter counted them.</param>
/// <param name="Steps">The steps.</param>
/// <param name="TrainedParameters">Numbers that were trained.</param>
/// <param name="Folder">The folder of its record.</param>
public sealed record LabRun(string Name, IReadOnlyList<StagePrediction> Predicted, MemoryReport Measured, IReadOnlyList<StepRecord> Steps,
    long TrainedParameters, string Folder)
{
    /// <summary>The record of the run; null where none was kept.</summary>
    public RunRecord? Record { get; init; }

    /// <summary>Median seconds of a step, the first left out.</summary>
    public double SecondsPerStep => StepSeconds.Median(Steps);

    /// <summary>What was trained, how fast, and how the loss went, as a sentence.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture,
        $"{TrainedParameters:N0} parameters trained, {SecondsPerStep:0.00} s a step, loss {Steps[0].Loss:0.000} to {Steps[^1].Loss:0.000}");

    /// <summary>The run's id: the name of its folder.</summary>
    public string Id => Path.GetFileName(Path.TrimEndingDirectorySeparator(Folder));

    /// <summary>The predicted peak of the whole run; 0 where nothing was predicted.</summary>
    public long PredictedPeakBytes => Predicted.Select(p => p.PeakBytes).DefaultIfEmpty(0).Max();
}
