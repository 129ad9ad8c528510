using System.Text.Json.Serialization;

namespace PeftLabs.Training;

/// <summary>One training step: a line of a run's steps.jsonl.</summary>
/// <param name="Step">Its number, from 1.</param>
/// <param name="Loss">The mean loss of the step's tokens, in nats a token.</param>
/// <param name="LearningRate">The learning rate that the optimizer used.</param>
/// <param name="GradientNorm">The norm of all gradients before clipping, or null where it was not computed.</param>
/// <param name="Tokens">Tokens that the step processed, padding included.</param>
/// <param name="Seconds">Wall-clock seconds that it took.</param>
/// <param name="Bytes">Bytes alive at its end.</param>
/// <param name="PeakBytes">The most bytes alive during it.</param>
/// <param name="ResidentBytes">Resident bytes of the process at its end.</param>
public sealed record StepRecord(
    long Step,
    double Loss,
    double LearningRate,
    double? GradientNorm,
    long Tokens,
    double Seconds,
    long Bytes,
    long PeakBytes,
    long ResidentBytes)
{
    /// <summary>Those of <see cref="Tokens"/> that fill rows up and teach nothing.</summary>
    public long PaddingTokens { get; init; }

    /// <summary>The loss on held-out data after the step, in nats a token; null where it was not taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationLoss { get; init; }

    /// <summary>Throughput of the step.</summary>
    public double TokensPerSecond => Seconds > 0 ? Tokens / Seconds : 0;
}
