using System.Text.Json.Serialization;

namespace PeftLabs.Memory;

/// <summary>What bytes are for. An allocation made inside <see cref="MemoryMeter.Category"/> has that category; every other one has
/// the category that its lifetime says: alive when the stage that made it ends, it is what that stage leaves behind
/// (<see cref="Weights"/>, <see cref="Activations"/>, <see cref="Gradients"/>, <see cref="OptimizerState"/>); freed before, it was
/// <see cref="Workspace"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MemoryCategory>))]
public enum MemoryCategory
{
    /// <summary>The model's own parameters and buffers, in whatever format they are held: what <see cref="MemoryStage.Load"/>
    /// leaves.</summary>
    Weights,

    /// <summary>The parameters that an adapter adds. Never inferred: whoever makes them says so with
    /// <see cref="MemoryMeter.Category"/>.</summary>
    Adapters,

    /// <summary>Gradients of the trained parameters: what <see cref="MemoryStage.Backward"/> leaves.</summary>
    Gradients,

    /// <summary>Moments and other state of the optimizer: what <see cref="MemoryStage.OptimizerStep"/> leaves.</summary>
    OptimizerState,

    /// <summary>What <see cref="MemoryStage.Forward"/> leaves alive for the backward pass.</summary>
    Activations,

    /// <summary>The rest: temporaries of any stage, dequantized tiles, and whatever is made between two stages.</summary>
    Workspace,
}
