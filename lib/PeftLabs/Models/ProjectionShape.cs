namespace PeftLabs.Models;

/// <summary>A projection of a model's blocks by its path and features, from the config alone.</summary>
internal sealed record ProjectionShape(string Path, long In, long Out, bool Bias)
{
    public static IEnumerable<ProjectionShape> Of(ModelConfig c, int layer)
    {
        var (f, name) = (c.Family, c.Family.LayerName(layer));
        long h = c.HiddenSize, q = (long)c.Heads * c.HeadSize, kv = (long)c.KeyValueHeads * c.HeadSize, inner = c.IntermediateSize;
        yield return new($"{name}.{f.Query}", h, q, c.QueryKeyValueBias);
        yield return new($"{name}.{f.Key}", h, kv, c.QueryKeyValueBias);
        yield return new($"{name}.{f.Value}", h, kv, c.QueryKeyValueBias);
        yield return new($"{name}.{f.Output}", q, h, c.OutputBias);
        yield return new($"{name}.{f.Gate}", h, inner, c.FeedForwardBias);
        yield return new($"{name}.{f.Up}", h, inner, c.FeedForwardBias);
        yield return new($"{name}.{f.Down}", inner, h, c.FeedForwardBias);
    }
}
