namespace PeftLabs.Labs;

/// <summary>A rung of the ladder: what it adds, and the run that shows it.</summary>
/// <param name="Key">The technique's name on the command line.</param>
/// <param name="Name">What figures call it.</param>
/// <param name="Spec">The run.</param>
/// <param name="Predicted">The stages' peaks as predicted; nothing is loaded for it.</param>
public sealed record LadderRung(string Key, string Name, RunSpec Spec, IReadOnlyList<LadderStage> Predicted)
{
    /// <summary>Seconds of a step as predicted; null where the machine's speed is not known.</summary>
    public double? PredictedSecondsPerStep { get; init; }

    /// <summary>The predicted peak of the whole run.</summary>
    public long PredictedPeakBytes => Predicted.Max(s => s.PeakBytes);
}
