using PeftLabs.Formats;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>In which types a checkpoint stores its weights.</summary>
internal static class CheckpointTypes
{
    /// <summary>The config of a checkpoint that is not quantized, and the options that load it as it stands: no weight is rounded.</summary>
    /// <exception cref="ModelFormatException">The checkpoint is quantized.</exception>
    public static (ModelConfig Config, ModelLoadOptions Load) Unquantized(string folder)
    {
        var config = ModelConfig.Load(folder);
        if (config.IsBitsAndBytes4Bit)
            throw new ModelFormatException(folder, "holds 4-bit weights, so the original ones are not in it. Name the 16- or 32-bit model "
                + "that it was made from, or work on the dequantized weights.");
        using var checkpoint = Checkpoint.Open(folder);
        var types = checkpoint.Names.Select(name => checkpoint.Info(name).Type.ToScalarType()).Distinct().ToList();
        // One that holds every value of every tensor.
        var format = types is [ScalarType.BFloat16] ? WeightFormat.BFloat16 : types is [ScalarType.Float16] ? WeightFormat.Float16 : WeightFormat.Float32;
        return (config, new ModelLoadOptions { Projections = format, Embedding = format, Head = format, Skipped = format });
    }
}
