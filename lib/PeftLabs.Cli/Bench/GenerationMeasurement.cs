using System.Text.Json.Serialization;

namespace PeftLabs.Cli.Bench;

/// <summary>
/// What <c>lab bench generate --json</c> prints. A step gives a token to each sequence; its seconds are the median's, and the fastest's,
/// which what else runs on the machine disturbs least. Bytes are the meter's, rss the process's.
/// </summary>
public sealed record GenerationMeasurement(
    [property: JsonPropertyName("shape")] string Shape,
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("embedding_format")] string EmbeddingFormat,
    [property: JsonPropertyName("cache_format")] string CacheFormat,
    [property: JsonPropertyName("batch")] int Batch,
    [property: JsonPropertyName("prompt_tokens")] int PromptTokens,
    [property: JsonPropertyName("new_tokens")] int NewTokens,
    [property: JsonPropertyName("load_seconds")] double LoadSeconds,
    [property: JsonPropertyName("prefill_tokens_per_second")] double PrefillTokensPerSecond,
    [property: JsonPropertyName("decode_tokens_per_second")] double DecodeTokensPerSecond,
    [property: JsonPropertyName("fastest_tokens_per_second")] double FastestTokensPerSecond,
    [property: JsonPropertyName("cpu_seconds_per_token")] double ProcessorSecondsPerToken,
    [property: JsonPropertyName("cache_bytes")] long CacheBytes,
    [property: JsonPropertyName("loaded_bytes")] long LoadedBytes,
    [property: JsonPropertyName("peak_bytes")] long PeakBytes,
    [property: JsonPropertyName("peak_rss_bytes")] long PeakResidentBytes);
