using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Planning;

/// <summary>What is to be trained, on what: all that a prediction needs. Nothing is loaded for it.</summary>
/// <param name="Config">The model's shape.</param>
/// <param name="Batch">Sequences a step.</param>
/// <param name="Tokens">Tokens a sequence.</param>
/// <param name="LabelledTokens">Tokens a step that carry a label and have one before them; the head runs for these alone.</param>
/// <param name="Lora">The adapter; null for full fine-tuning.</param>
public sealed record TrainingPlan(ModelConfig Config, long Batch, long Tokens, long LabelledTokens, LoraAdapterConfig? Lora = null)
{
    /// <summary>How the weights are stored; arithmetic is in float32 all the same.</summary>
    public ModelLoadOptions Loading { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Every token a target, as in training on plain text: all but each sequence's first.</summary>
    public static TrainingPlan OnText(ModelConfig config, long batch, long tokens, LoraAdapterConfig? lora = null) =>
        new(config, batch, tokens, batch * (tokens - 1), lora);

    /// <summary>Predicts the four stages of a step in the steady state, the optimizer's state being there already.</summary>
    public IReadOnlyList<StagePrediction> Predict() => new StepPredictor(this).Predict();
}
