namespace PeftLabs.Models;

/// <summary>The modules of a model by their paths in checkpoints, known without loading it.</summary>
internal static class ModelPaths
{
    /// <summary>Every projection; the head only where it has a matrix of its own.</summary>
    public static IEnumerable<string> Projections(ModelConfig config)
    {
        var blocks = Enumerable.Range(0, config.Layers).SelectMany(layer => ProjectionShape.Of(config, layer)).Select(p => p.Path);
        return config.TiedEmbeddings ? blocks : blocks.Append(config.Family.Head);
    }
}
