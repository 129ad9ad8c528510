namespace PeftLabs.Training;

/// <summary>A run that cannot go on: the loss is not finite, or what is to be trained gets no gradient.</summary>
/// <param name="step">The step, the first being 1.</param>
/// <param name="message">What happened, and what to do.</param>
public sealed class TrainingException(int step, string message) : Exception($"Step {step}: {message}")
{
    /// <summary>The step, the first being 1.</summary>
    public int Step { get; } = step;
}
