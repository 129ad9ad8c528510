namespace PeftLabs.Models;

/// <summary>A projection of a model's blocks by its path and features, from the config alone.</summary>
internal sealed record ProjectionShape(string Path, long In, long Out, bool Bias)
{
    /// <summary>Those of a block in the order in which they are used: attention's inputs, its output, the feed-forward's inputs, its output.</summary>
    public static IEnumerable<ProjectionShape> Of(ModelConfig c, int layer) =>
        AttentionInputs(c, layer).Append(Output(c, layer)).Concat(FeedForwardInputs(c, layer)).Append(Down(c, layer));

    /// <summary>Query, key and value, or the one that is all of them.</summary>
    public static IEnumerable<ProjectionShape> AttentionInputs(ModelConfig c, int layer)
    {
        long q = (long)c.Heads * c.HeadSize, kv = (long)c.KeyValueHeads * c.HeadSize;
        long[] sizes = c.Family.QueryKeyValue is null ? [q, kv, kv] : [q + 2 * kv];
        return c.Family.AttentionInputs.Select((name, i) => Make(c, layer, name, c.HiddenSize, sizes[i], c.QueryKeyValueBias));
    }

    /// <summary>Attention's output.</summary>
    public static ProjectionShape Output(ModelConfig c, int layer) =>
        Make(c, layer, c.Family.Output, (long)c.Heads * c.HeadSize, c.HiddenSize, c.OutputBias);

    /// <summary>Gate and up, the one that is both, or up alone.</summary>
    public static IEnumerable<ProjectionShape> FeedForwardInputs(ModelConfig c, int layer) => c.Family.FeedForwardInputs.Select(name =>
        Make(c, layer, name, c.HiddenSize, (c.Family.GateUp is null ? 1L : 2L) * c.IntermediateSize, c.FeedForwardBias));

    /// <summary>The feed-forward's output.</summary>
    public static ProjectionShape Down(ModelConfig c, int layer) =>
        Make(c, layer, c.Family.Down, c.IntermediateSize, c.HiddenSize, c.FeedForwardBias);

    private static ProjectionShape Make(ModelConfig c, int layer, string name, long input, long output, bool bias) =>
        new($"{c.Family.LayerName(layer)}.{name}", input, output, bias);
}
