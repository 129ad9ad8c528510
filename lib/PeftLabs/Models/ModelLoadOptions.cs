using PeftLabs.Quantization;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>How a model is brought into memory.</summary>
public sealed record ModelLoadOptions
{
    /// <summary>Where it lives; the CPU by default.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>How the projections of the blocks are stored.</summary>
    public WeightFormat Projections { get; init; } = WeightFormat.Float32;

    /// <summary>How the embedding, and a head tied to it, is stored.</summary>
    public WeightFormat Embedding { get; init; } = WeightFormat.Float32;

    /// <summary>How a head of its own is stored.</summary>
    public WeightFormat Head { get; init; } = WeightFormat.Float32;

    /// <summary>Told the parameters read so far and all there are.</summary>
    public IProgress<(long Done, long Total)>? Progress { get; init; }
}
