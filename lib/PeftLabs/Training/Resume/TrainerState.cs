using System.Text.Json;
using System.Text.Json.Serialization;
using PeftLabs.Formats;

namespace PeftLabs.Training;

/// <summary>trainer.json: what of a trainer is no tensor.</summary>
internal sealed record TrainerState
{
    public const string FileName = "trainer.json";
    public const string StepsFileName = "steps.jsonl";

    // A norm may be infinite, which plain JSON has no number for.
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    private static readonly JsonSerializerOptions s_line = new(s_json) { WriteIndented = false };

    /// <summary>Steps taken.</summary>
    public required int Step { get; init; }

    /// <summary>Batches used up.</summary>
    public required long BatchesSeen { get; init; }

    /// <summary>Steps that the optimizer counts; fewer than those taken where some were skipped.</summary>
    public required long OptimizerSteps { get; init; }

    /// <summary>Where the loss scaler stands; null where the loss is not scaled.</summary>
    public LossScalerState? LossScaler { get; init; }

    /// <summary>The seed and what else is set, by name, as <see cref="RunSettings"/> has it.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public void Write(string folder, IReadOnlyList<StepRecord> steps)
    {
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, s_json) + "\n");
        var lines = steps.Select(step => JsonSerializer.Serialize(step, s_line) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, StepsFileName), string.Concat(lines));
    }

    public static (TrainerState State, IReadOnlyList<StepRecord> Steps) Read(string folder)
    {
        var state = JsonSerializer.Deserialize<TrainerState>(File.ReadAllText(Path.Combine(folder, FileName)), s_json)!;
        var lines = File.ReadLines(Path.Combine(folder, StepsFileName));
        return (state, [.. lines.Select(line => JsonSerializer.Deserialize<StepRecord>(line, s_line)!)]);
    }
}
