using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>A rung of the ladder: what is trained, how the weights are stored, and what training trades for memory.</summary>
/// <param name="Name">What figures call it.</param>
public sealed record LabMethod(string Name)
{
    /// <summary>The adapter; null for full fine-tuning.</summary>
    public LoraAdapterConfig? Lora { get; init; }

    /// <summary>How the model is loaded.</summary>
    public ModelLoadOptions Loading { get; init; } = new();

    /// <summary>What the technique switches on, given the options that all runs of a lab share.</summary>
    public Func<TrainingOptions, TrainingOptions> Training { get; init; } = options => options;
}
