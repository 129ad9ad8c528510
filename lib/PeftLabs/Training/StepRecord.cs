namespace PeftLabs.Training;

/// <summary>What one training step did and cost.</summary>
/// <param name="Step">The step, the first being 1.</param>
/// <param name="Loss">Mean cross entropy of the batch, in nats a token.</param>
/// <param name="LearningRate">The learning rate it used.</param>
/// <param name="GradientNorm">Norm of all gradients before clipping.</param>
/// <param name="Tokens">Tokens of the batch, padding among them.</param>
/// <param name="Seconds">Time it took.</param>
/// <param name="Bytes">Bytes alive at its end, as the meter counted them; 0 without one.</param>
/// <param name="PeakBytes">The most bytes alive so far in the run; 0 without a meter.</param>
/// <param name="ResidentBytes">Resident memory of the process at its end.</param>
public sealed record StepRecord(
    int Step, double Loss, double LearningRate, double GradientNorm, long Tokens, double Seconds, long Bytes, long PeakBytes,
    long ResidentBytes)
{
    /// <summary>Tokens a second.</summary>
    public double TokensPerSecond => Tokens / Seconds;
}
