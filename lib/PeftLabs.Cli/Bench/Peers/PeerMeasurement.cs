using System.Text.Json;
using System.Text.Json.Serialization;

namespace PeftLabs.Cli.Bench.Peers;

/// <summary>A row of the table as a tool measured it: a JSON line.</summary>
public sealed record PeerMeasurement
{
    /// <summary>The tool, with its version if it says so.</summary>
    public required string Tool { get; init; }

    /// <summary>The model's shape.</summary>
    public required string Shape { get; init; }

    /// <summary>full, lora or qlora.</summary>
    public required string Method { get; init; }

    /// <summary>Sequences a step.</summary>
    public required int Batch { get; init; }

    /// <summary>Tokens a sequence.</summary>
    public required int Tokens { get; init; }

    /// <summary>Whether blocks are computed again in backward.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Seconds of the median step.</summary>
    public required double SecondsPerStep { get; init; }

    /// <summary>Tokens a second.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Bytes with the model loaded: of a peer, resident bytes above those before it; of the kit, the meter's.</summary>
    public required long LoadedBytes { get; init; }

    /// <summary>The most bytes over the steps, counted in the same way.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>Resident bytes with the model loaded above those before it, where <see cref="LoadedBytes"/> counts otherwise.</summary>
    public long? LoadedResidentBytes { get; init; }

    /// <summary>The most resident bytes over the steps above those before the model, where <see cref="PeakBytes"/> counts otherwise.</summary>
    public long? PeakResidentBytes { get; init; }

    /// <summary>The peak by which tools are compared.</summary>
    [JsonIgnore]
    public long ComparedPeakBytes => PeakResidentBytes ?? PeakBytes;

    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The measurement as a JSON line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The kit's own, of what <c>lab bench step --json</c> printed.</summary>
    /// <exception cref="JsonException">It is nothing of that kind.</exception>
    public static PeerMeasurement OfKit(string json)
    {
        var measured = JsonSerializer.Deserialize<StepMeasurement>(json) ?? throw new JsonException("it is null");
        return new()
        {
            Tool = $"PeftLabs {Installation.Version}",
            Shape = measured.Shape,
            Method = measured.Method,
            Batch = measured.Batch,
            Tokens = measured.Tokens,
            Checkpointing = measured.Checkpointing,
            SecondsPerStep = measured.SecondsPerStep,
            TokensPerSecond = measured.TokensPerSecond,
            LoadedBytes = measured.LoadedBytes,
            PeakBytes = measured.PeakBytes,
            LoadedResidentBytes = measured.LoadedResidentBytes - measured.ResidentBytesBefore,
            PeakResidentBytes = measured.StepsPeakResidentBytes - measured.ResidentBytesBefore,
        };
    }
}
