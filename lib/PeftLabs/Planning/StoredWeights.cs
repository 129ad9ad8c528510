using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Streaming;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>Bytes of a model's weights, each matrix in its format.</summary>
internal static class StoredWeights
{
    public static MemoryTerm Term(ModelConfig config, ModelLoadOptions loading)
    {
        var dense = loading.Projections == WeightFormat.Float32 && loading.Embedding == WeightFormat.Float32
            && (config.TiedEmbeddings || loading.Head == WeightFormat.Float32);
        return new("weights", dense ? "4·P" : "Σ out·in·bytes a weight", MemoryCategory.Weights, Bytes(config, loading));
    }

    /// <summary>What of the blocks is in memory besides, once they are used, where they are streamed.</summary>
    public static MemoryTerm Streamed(ModelConfig config, ModelLoadOptions loading) => new("streamed blocks", "two blocks' out·in·bytes a weight",
        MemoryCategory.Weights, loading.Streaming is null ? 0 : StreamedBlocks.ResidentBytes(config, loading));

    public static WeightFormat HeadFormat(ModelConfig config, ModelLoadOptions loading) =>
        config.TiedEmbeddings ? loading.Embedding : loading.Head;

    private static long Bytes(ModelConfig config, ModelLoadOptions loading)
    {
        long vocabulary = config.VocabularySize, hidden = config.HiddenSize;
        var projections = Enumerable.Range(0, config.Layers).SelectMany(l => ProjectionShape.Of(config, l))
            .Sum(p => (loading.Streaming is null ? loading.FormatOf(p.Path).StoredBytes(p.Out, p.In) : 0) + (p.Bias ? 4 * p.Out : 0));
        var norms = 4 * hidden * (2L * config.Layers + 1);
        var head = config.TiedEmbeddings ? 0 : loading.Head.StoredBytes(vocabulary, hidden);
        return projections + norms + loading.Embedding.StoredBytes(vocabulary, hidden) + head;
    }
}
