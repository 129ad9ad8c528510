using PeftLabs.Formats;
using PeftLabs.Models;

namespace PeftLabs.Labs;

/// <summary>A rung of the ladder: what is trained, and how the weights are stored.</summary>
/// <param name="Name">What figures call it.</param>
public sealed record LabMethod(string Name)
{
    /// <summary>The adapter; null for full fine-tuning.</summary>
    public LoraAdapterConfig? Lora { get; init; }

    /// <summary>How the model is loaded.</summary>
    public ModelLoadOptions Loading { get; init; } = new();
}
