using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PeftLabs.Labs;
using PeftLabs.Memory;

namespace PeftLabs.Cli.Training;

/// <summary>What lab train says at the end, as text or as one JSON object.</summary>
internal static class TrainOutput
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Of a run that came to its end.</summary>
    public static string Json(TrainResult result, double seconds) => JsonSerializer.Serialize(new
    {
        output = result.Output,
        merged = result.Merged,
        run = result.Run.Id,
        run_folder = result.Run.Folder,
        interrupted = false,
        steps = result.Run.Steps.Count,
        trained_parameters = result.Run.TrainedParameters,
        first_loss = result.Run.Steps[0].Loss,
        last_loss = result.Run.Steps[^1].Loss,
        validation_losses = result.Run.Steps.Where(s => s.ValidationLoss is not null).Select(s => new { s.Step, Loss = s.ValidationLoss!.Value }),
        evaluations = result.Run.Record!.Evaluations,
        predicted_peak_bytes = result.Run.PredictedPeakBytes,
        peak_bytes = result.Run.Measured.PeakBytes,
        predicted_seconds_per_step = result.Run.Record.PredictedSecondsPerStep,
        seconds_per_step = result.Run.SecondsPerStep,
        trained_hash = result.Run.Record.TrainedHash,
        seconds,
    }, s_json);

    /// <summary>Of a run that was interrupted.</summary>
    public static string Json(RunInterruptedException e) => new JsonObject
    {
        ["run_folder"] = e.Run,
        ["interrupted"] = true,
        ["steps"] = e.Steps,
        ["checkpoint"] = e.Checkpoint,
    }.ToJsonString();

    /// <summary>Of what is predicted.</summary>
    public static string Json(TrainForecast forecast) => JsonSerializer.Serialize(new
    {
        steps = forecast.Spec.Training.Steps,
        examples = forecast.Examples,
        stages = forecast.Stages.Select(stage => new { stage = $"{stage.Stage}", end_bytes = stage.EndBytes, peak_bytes = stage.PeakBytes }),
        peak_bytes = forecast.PeakBytes,
        seconds_per_step = forecast.SecondsPerStep,
        seconds = forecast.Seconds,
    }, s_json);

    /// <summary>Of a run that came to its end, in a few lines.</summary>
    public static string Text(TrainResult result, double seconds)
    {
        List<string> lines = [string.Create(CultureInfo.InvariantCulture, $"{result.Run.Summary}; {seconds:0} s in all")];
        lines.Add($"peak {ByteSize.Format(result.Run.Measured.PeakBytes)}"
            + (result.Run.Predicted.Count > 0 ? $", predicted {ByteSize.Format(result.Run.PredictedPeakBytes)}" : ""));
        lines.AddRange((result.Run.Record!.Evaluations ?? []).Select(e =>
            string.Create(CultureInfo.InvariantCulture, $"{e.Name}: {e.Before:0.###} before, {e.After:0.###} after{(e.Unit.Length > 0 ? $" ({e.Unit})" : "")}")));
        lines.Add($"run {result.Run.Id}{(result.Output is { } output ? $", output {output}" : "")}{(result.Merged is { } merged ? $", merged {merged}" : "")}");
        return string.Join('\n', lines);
    }

    /// <summary>Of what is predicted, in a few lines.</summary>
    public static string Text(TrainForecast forecast)
    {
        List<string> lines = [$"{forecast.Spec.Training.Steps} steps over {forecast.Examples} examples; "
            + (forecast.Unpredicted is { } what ? $"memory and time cannot be predicted: {what} is not walked" : "predicted, with nothing loaded:")];
        lines.AddRange(forecast.Stages.Select(stage =>
            $"  {stage.Stage,-14} {ByteSize.Format(stage.EndBytes),12} at the end {ByteSize.Format(stage.PeakBytes),12} at its peak"));
        if (forecast.SecondsPerStep is { } step)
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"  {step:0.000} s a step, {TimeText.Format(TimeSpan.FromSeconds(forecast.Seconds!.Value))} in all"));
        return string.Join('\n', lines);
    }
}
