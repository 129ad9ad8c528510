namespace PeftLabs.Models;

/// <summary>The modules of a model by their paths in checkpoints, known without loading it.</summary>
internal static class ModelPaths
{
    /// <summary>Every projection; the head only where it has a matrix of its own.</summary>
    public static IEnumerable<string> Projections(ModelConfig config)
    {
        var f = config.Family;
        string[] parts = [f.Query, f.Key, f.Value, f.Output, f.Gate, f.Up, f.Down];
        var blocks = Enumerable.Range(0, config.Layers).SelectMany(layer => parts.Select(part => $"{f.LayerName(layer)}.{part}"));
        return config.TiedEmbeddings ? blocks : blocks.Append(f.Head);
    }
}
