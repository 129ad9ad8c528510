using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using static TorchSharp.torch;

namespace PeftLabs.Models.Streaming;

/// <summary>What of a model is streamed: the projections of its blocks, a group each.</summary>
public static class StreamedBlocks
{
    /// <summary>
    /// Bytes of the blocks' weights that are in memory while a model so loaded and streamed is trained: those of the two largest
    /// neighbours. Biases and norms are not among them. A checkpoint that is quantized already keeps its own format.
    /// </summary>
    public static long ResidentBytes(ModelConfig config, ModelLoadOptions loading) => WeightStream.ResidentBytes(
        [.. Enumerable.Range(0, config.Layers).Select(layer => ProjectionShape.Of(config, layer)
            .Sum(p => loading.FormatOf(p.Path).StoredBytes(p.Out, p.In)))]);

    /// <summary>The matrices, in the order in which they are read; <paramref name="stored"/> says how each is stored.</summary>
    internal static StreamLayout Layout(
        ModelConfig config, string source, Func<string, (WeightFormat Format, ScalarType ValueType)> stored) =>
        new(source, [.. Enumerable.Range(0, config.Layers).SelectMany(layer => ProjectionShape.Of(config, layer).Select(p =>
        {
            var (format, type) = stored(p.Path);
            return new StreamedMatrix($"{p.Path}.weight", layer, format, p.Out, p.In) { ValueType = type };
        }))]);
}
