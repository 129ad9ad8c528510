using System.Text.Json.Serialization;

namespace PeftLabs.Memory;

/// <summary>The four stages of fine-tuning, in their order; loading happens once, the other three in every step.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MemoryStage>))]
public enum MemoryStage
{
    /// <summary>Stage 0: the model is read and its adapters are made.</summary>
    Load,

    /// <summary>Stage 1: from the batch to the loss.</summary>
    Forward,

    /// <summary>Stage 2: from the loss to the gradients.</summary>
    Backward,

    /// <summary>Stage 3: the optimizer changes the trained parameters.</summary>
    OptimizerStep,
}
