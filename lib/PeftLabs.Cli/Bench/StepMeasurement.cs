using System.Text.Json.Serialization;
using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Cli.Bench;

/// <summary>
/// What <c>lab bench step --json</c> prints: seconds are the median's, bytes the meter's, rss the process's (before the model, with it
/// loaded, at most over the steps, and at most over all).
/// </summary>
public sealed record StepMeasurement(
    [property: JsonPropertyName("shape")] string Shape,
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("embedding_format")] string EmbeddingFormat,
    [property: JsonPropertyName("batch")] int Batch,
    [property: JsonPropertyName("tokens")] int Tokens,
    [property: JsonPropertyName("checkpointing")] bool Checkpointing,
    [property: JsonPropertyName("steps")] int Steps,
    [property: JsonPropertyName("seconds_per_step")] double SecondsPerStep,
    [property: JsonPropertyName("tokens_per_second")] double TokensPerSecond,
    [property: JsonPropertyName("load_seconds")] double LoadSeconds,
    [property: JsonPropertyName("loaded_bytes")] long LoadedBytes,
    [property: JsonPropertyName("peak_bytes")] long PeakBytes,
    [property: JsonPropertyName("peak_rss_bytes")] long PeakResidentBytes,
    [property: JsonPropertyName("before_rss_bytes")] long ResidentBytesBefore,
    [property: JsonPropertyName("loaded_rss_bytes")] long LoadedResidentBytes,
    [property: JsonPropertyName("steps_peak_rss_bytes")] long StepsPeakResidentBytes,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("stages")] IReadOnlyDictionary<string, StepMeasurement.StageBytes> Stages)
{
    /// <summary>Seconds of a step as predicted from this machine's two ceilings; null on a GPU, whose ceilings are not measured.</summary>
    [JsonPropertyName("predicted_seconds_per_step")]
    public double? PredictedSecondsPerStep { get; init; }

    /// <summary>The peak as predicted.</summary>
    [JsonPropertyName("predicted_peak_bytes")]
    public long PredictedPeakBytes { get; init; }

    /// <summary>A stage's bytes: at its end, at its peak, and the peak's by category.</summary>
    public sealed record StageBytes(
        [property: JsonPropertyName("end_bytes")] long EndBytes,
        [property: JsonPropertyName("peak_bytes")] long PeakBytes,
        [property: JsonPropertyName("categories")] IReadOnlyDictionary<string, long> Categories);

    /// <summary>Sums up a run, its first step left out of the times.</summary>
    public static StepMeasurement Of(
        StepBenchmarkOptions options, IReadOnlyList<StepRecord> steps, MemoryReport memory, double loadSeconds, ResidentSteps resident)
    {
        var median = StepSeconds.Median(steps);
        var loading = options.Loading();
        return new(options.Shape ?? options.Model!, options.Method, loading.Projections.Name, loading.Embedding.Name, options.Batch,
            options.Tokens, options.Training.Checkpointing != CheckpointPolicy.None, steps.Count - 1, median,
            options.Batch * options.Tokens / median, loadSeconds, memory.LoadedBytes, memory.PeakBytes,
            Math.Max(memory.PeakResidentBytes, resident.LoadPeakBytes), resident.BytesBefore, resident.LoadedBytes, memory.PeakResidentBytes,
            steps[^1].Loss, memory.Stages.ToDictionary(s => s.Stage.ToString(), Bytes));
    }

    private static StageBytes Bytes(StageMemory stage) =>
        new(stage.EndBytes, stage.PeakBytes, stage.PeakCategories.ToDictionary(c => c.Key.ToString(), c => c.Value));
}
