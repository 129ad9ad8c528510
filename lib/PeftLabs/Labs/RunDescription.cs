using System.Text.Json.Nodes;
using PeftLabs.Planning;

namespace PeftLabs.Labs;

/// <summary>What a run is, known before it starts.</summary>
public sealed record RunDescription
{
    /// <summary>What its author calls it, such as "lora-r16".</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public required string Name
    {
        get;
        init => field = !string.IsNullOrWhiteSpace(value) ? value : throw new ArgumentException("Name is empty: say what the run is.");
    }

    /// <summary>Its options as JSON, such as <c>JsonSerializer.SerializeToNode(options)</c>; paths in it are made portable.</summary>
    public JsonNode? Options { get; init; }

    /// <summary>The seed of everything random in it.</summary>
    public required long Seed { get; init; }

    /// <summary>The model's file or folder, or null for one made in place.</summary>
    public string? ModelPath { get; init; }

    /// <summary><see cref="ContentHash"/> of the model.</summary>
    public string? ModelHash { get; init; }

    /// <summary><see cref="ContentHash"/> of the training data.</summary>
    public string? DataHash { get; init; }

    /// <summary>The stages as predicted, where they were.</summary>
    public IReadOnlyList<StagePrediction>? Predicted { get; init; }

    /// <summary>Seconds of a step as predicted, where they were.</summary>
    public double? PredictedSecondsPerStep { get; init; }
}
