using System.Text.Json.Nodes;

namespace PeftLabs.Labs;

/// <summary>What is known of a rung: its prediction, and once it has run its measurement, or why it failed.</summary>
public sealed record LadderEntry
{
    /// <summary>The technique's name on the command line.</summary>
    public required string Key { get; init; }

    /// <summary>What figures call it.</summary>
    public required string Name { get; init; }

    /// <summary>The JSON of its <see cref="RunSpec"/>; null for a run that was not made for the ladder.</summary>
    public JsonNode? Spec { get; init; }

    /// <summary>The id of its run; null where it has not ended well.</summary>
    public string? Run { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The stages' peaks as predicted.</summary>
    public required IReadOnlyList<LadderStage> Predicted { get; init; }

    /// <summary>The stages' peaks as measured.</summary>
    public IReadOnlyList<LadderStage>? Measured { get; init; }

    /// <summary>Seconds of a step as predicted.</summary>
    public double? PredictedSecondsPerStep { get; init; }

    /// <summary>Median seconds of a step, the first left out.</summary>
    public double? SecondsPerStep { get; init; }

    /// <summary>The loss of the last step, in nats a token.</summary>
    public double? Loss { get; init; }

    /// <summary>The held-out loss after the last step, in nats a token, where it was taken.</summary>
    public double? HeldOutLoss { get; init; }

    /// <summary>The most resident bytes of the process.</summary>
    public long? PeakResidentBytes { get; init; }

    /// <summary>The stage with the highest predicted peak.</summary>
    public LadderStage PredictedPeak => Predicted.MaxBy(s => s.PeakBytes)!;

    /// <summary>The stage with the highest measured peak.</summary>
    public LadderStage? MeasuredPeak => Measured?.MaxBy(s => s.PeakBytes);

    /// <summary>How far the predicted peak is off the measured one, as a share of it.</summary>
    public double? Off => MeasuredPeak is { } measured ? (double)PredictedPeak.PeakBytes / measured.PeakBytes - 1 : null;

    /// <summary>A rung before its run.</summary>
    public static LadderEntry Of(LadderRung rung) => new()
    {
        Key = rung.Key,
        Name = rung.Name,
        Spec = rung.Spec.Portable().ToJson(),
        Predicted = rung.Predicted,
        PredictedSecondsPerStep = rung.PredictedSecondsPerStep,
    };

    /// <summary>A run of a lab as a rung.</summary>
    public static LadderEntry Of(LabRun run) => new()
    {
        Key = run.Name,
        Name = run.Name,
        Run = run.Id.Length > 0 ? run.Id : null,
        Predicted = LadderStage.Of(run.Predicted),
        Measured = LadderStage.Of(run.Measured),
    };

    /// <summary>The rung with what its run measured.</summary>
    /// <exception cref="InvalidDataException">The record has no memory: the run did not end.</exception>
    public LadderEntry With(RunRecord record) => this with
    {
        Run = record.Id,
        Error = null,
        Measured = LadderStage.Of(record.Memory ?? throw new InvalidDataException($"The run {record.Id} of the rung '{Key}' has not ended.")),
        PredictedSecondsPerStep = record.PredictedSecondsPerStep ?? PredictedSecondsPerStep,
        SecondsPerStep = record.SecondsPerStep,
        Loss = record.FinalLosses.TryGetValue("training", out var loss) ? loss : null,
        HeldOutLoss = record.Evaluations?.FirstOrDefault(e => e.Name == HeldOutCheck.LossName)?.After,
        PeakResidentBytes = record.Memory.PeakResidentBytes,
    };
}
