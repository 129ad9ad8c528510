using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>The symbols of a plan's formulas.</summary>
internal sealed class PlanSymbols
{
    public PlanSymbols(TrainingPlan plan)
    {
        var c = plan.Config;
        Batch = new("B", plan.Batch, "sequences of a batch");
        Row = new("T", plan.Tokens, "tokens of a sequence");
        Tokens = new("N", plan.Batch * plan.Tokens, "tokens of a batch");
        Labelled = new("n", plan.LabelledTokens, "labelled tokens of a batch");
        Accumulated = new("a", plan.Training.Accumulate, "batches of a step");
        Vocabulary = new("V", c.VocabularySize, "tokens of the vocabulary");
        Hidden = new("h", c.HiddenSize, "features of the hidden states");
        Query = new("q", (long)c.Heads * c.HeadSize, "features of the queries");
        Key = new("k", (long)c.KeyValueHeads * c.HeadSize, "features of the keys");
        Inner = new("f", c.IntermediateSize, "features within the feed-forward");
        Heads = new("H", c.Heads, "query heads");
        HeadSize = new("d", c.HeadSize, "features of a head");
        Turned = c.Rotary.Features(c.HeadSize) == c.HeadSize ? HeadSize : new("ϑ", c.Rotary.Features(c.HeadSize), "features of a head that are turned");
        KeyHeads = new("K", c.KeyValueHeads, "key heads");
        Positions = new("P", c.MaxPositions, "learned positions");
        Projections = [.. Shapes(c)];
        Group = new("G", c.Heads / c.KeyValueHeads, "query heads that share a key head");
    }

    public PlanSymbol Batch { get; }

    public PlanSymbol Row { get; }

    public PlanSymbol Tokens { get; }

    public PlanSymbol Labelled { get; }

    public PlanSymbol Accumulated { get; }

    public PlanSymbol Vocabulary { get; }

    public PlanSymbol Hidden { get; }

    public PlanSymbol Query { get; }

    public PlanSymbol Key { get; }

    public PlanSymbol Inner { get; }

    public PlanSymbol Heads { get; }

    public PlanSymbol HeadSize { get; }

    public PlanSymbol Turned { get; }

    public PlanSymbol KeyHeads { get; }

    public PlanSymbol Positions { get; }

    public PlanSymbol Group { get; }

    /// <summary>Bytes of the hidden states of a batch in 32 bits.</summary>
    public PlanSize States => 4 * Tokens * Hidden;

    /// <summary>The symbols of a block's projections, in and out, in the order of <see cref="ProjectionShape.Of"/>.</summary>
    public IReadOnlyList<(PlanSymbol In, PlanSymbol Out)> Projections { get; }

    private IEnumerable<(PlanSymbol In, PlanSymbol Out)> Shapes(ModelConfig c)
    {
        PlanSymbol fused = new("w", Query.Value + 2 * Key.Value, "features of queries, keys and values"),
            both = new("g", 2L * c.IntermediateSize, "features of gates and ups");
        PlanSymbol[] heads = c.Family.QueryKeyValue is null ? [Query, Key, Key] : [fused],
            inner = c.Family.GateUp is not null ? [both] : c.Family.IsGated ? [Inner, Inner] : [Inner];
        return [.. heads.Select(h => (Hidden, h)), (Query, Hidden), .. inner.Select(f => (Hidden, f)), (Inner, Hidden)];
    }
}
