using PeftLabs.Formats;
using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Planning;

/// <summary>Where weights come from, as far as the memory of loading depends on it: the types in which they are read.</summary>
public sealed record WeightSource
{
    /// <summary>Weights drawn at random: every matrix is made in float32 rows.</summary>
    public static WeightSource Random { get; } = new() { IsRandom = true };

    /// <summary>Whether they are drawn at random, and read from nowhere.</summary>
    public bool IsRandom { get; private init; }

    /// <summary>The type of the projections of the blocks, where they are not quantized already.</summary>
    public ScalarType Projections { get; init; } = ScalarType.Float32;

    /// <summary>The type of the embedding.</summary>
    public ScalarType Embedding { get; init; } = ScalarType.Float32;

    /// <summary>The type of a head of its own.</summary>
    public ScalarType Head { get; init; } = ScalarType.Float32;

    /// <summary>The type of norms and biases.</summary>
    public ScalarType Vectors { get; init; } = ScalarType.Float32;

    /// <summary>A checkpoint whose tensors are all of one type.</summary>
    public static WeightSource Checkpoint(ScalarType type) => new() { Projections = type, Embedding = type, Head = type, Vectors = type };

    /// <summary>What a config.json says of its checkpoint (<c>torch_dtype</c>, or <c>dtype</c>); float32 where it says nothing.</summary>
    public static WeightSource Of(ModelConfig config)
    {
        var name = (config.Source?["torch_dtype"] ?? config.Source?["dtype"])?.ToString();
        return Checkpoint(Enum.TryParse<ScalarType>(name, ignoreCase: true, out var type) ? type : ScalarType.Float32);
    }

    /// <summary>What a model's folder holds, by the headers of its safetensors files; no weight is read.</summary>
    /// <exception cref="ModelFormatException">There is no config.json, or it is broken.</exception>
    /// <exception cref="SafeTensorsException">A weight file is missing or broken.</exception>
    public static WeightSource Of(string folder)
    {
        var config = ModelConfig.Load(folder);
        using var checkpoint = Formats.Checkpoint.Open(folder);
        var (family, layer) = (config.Family, config.Family.LayerName(0));
        var embedding = Type($"{family.Embedding}.weight", ScalarType.Float32);
        return new()
        {
            Embedding = embedding,
            Projections = Type($"{layer}.{family.AttentionInputs[0]}.weight", embedding),
            Head = Type($"{family.Head}.weight", embedding),
            Vectors = Type($"{layer}.{family.AttentionNorm}.weight", embedding),
        };

        ScalarType Type(string name, ScalarType otherwise) => CheckpointNames.Stored(checkpoint, family, name) is var stored
            && checkpoint.Contains(stored) ? checkpoint.Info(stored).Type.ToScalarType() ?? otherwise : otherwise;
    }
}
