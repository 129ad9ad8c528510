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

    /// <summary>Where the weights come from; what config.json says of its checkpoint unless it is said here.</summary>
    public WeightSource Weights
    {
        get => field ?? WeightSource.Of(Config);
        init;
    }

    /// <summary>
    /// Where the documents of the batch lie, where rows are padded or hold several; null where each row is one. Without a layout
    /// attention is planned for rows of one document each, which is the most it can need.
    /// </summary>
    public SequenceLayout? Layout { get; init; }

    /// <summary>
    /// Shapes of batches that the run has beside this one, where their lengths or their number of sequences change: a stage's peak is that
    /// of whichever shape needs the most in it.
    /// </summary>
    public IReadOnlyList<BatchShape> OtherBatches { get; init; } = [];

    /// <summary>What of the model predictions do not follow yet, in words; null where they follow all of it.</summary>
    public string? Unpredicted => PlannedFamilies.Unwalked(this);

    /// <summary>Every token a target, as in training on plain text: all but each sequence's first.</summary>
    public static TrainingPlan OnText(ModelConfig config, long batch, long tokens, LoraAdapterConfig? lora = null) =>
        new(config, batch, tokens, batch * (tokens - 1), lora);

    /// <summary>
    /// Predicts loading and the three stages of a step in the steady state, the optimizer's state being there already, as the kit does
    /// them on a CPU with as many cores as this machine. On a GPU the larger part is the same; what products and attention work with is not.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The options do not fit the model, a budget of activations is too small, or there is something <see cref="Unpredicted"/>.
    /// </exception>
    public IReadOnlyList<StagePrediction> Predict()
    {
        var stages = new StepPredictor(this).Predict();
        foreach (var (batch, tokens, labelled, layout) in OtherBatches)
        {
            var other = this with { Batch = batch, Tokens = tokens, LabelledTokens = labelled, Layout = layout, OtherBatches = [] };
            stages = [.. stages.Zip(new StepPredictor(other).Predict(), (one, next) =>
                next.PeakBytes > one.PeakBytes ? one with { Peak = next.Peak } : one)];
        }
        return stages;
    }

    /// <summary>
    /// Predicts the seconds of a step from its operations and from the bytes that it moves. What is streamed or offloaded is taken to come
    /// from the system's cache of files.
    /// </summary>
    /// <param name="machine">The ceilings of the machine that is to take the step.</param>
    /// <exception cref="ArgumentException">As <see cref="Predict"/>.</exception>
    public StepTime PredictTime(MachineSpeed machine) => new StepTimer(this, machine).Predict();
}
