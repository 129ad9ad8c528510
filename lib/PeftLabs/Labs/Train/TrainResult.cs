namespace PeftLabs.Labs;

/// <summary>What became of a described run.</summary>
/// <param name="Config">The run, as it was described.</param>
/// <param name="Run">The run.</param>
/// <param name="Output">The folder of the adapter or the model; null where none was written.</param>
/// <param name="Merged">The folder of the merged model; null where none was.</param>
public sealed record TrainResult(TrainConfig Config, LabRun Run, string? Output, string? Merged);
