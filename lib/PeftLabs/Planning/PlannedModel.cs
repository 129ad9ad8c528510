using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>A model as a plan has it: nothing but shapes, formats, and what is trained.</summary>
internal sealed class PlannedModel
{
    private readonly TrainingPlan _plan;
    private readonly PlannedFormats _formats;
    private readonly HashSet<string> _targets;
    private readonly Dictionary<long, PlanSymbol> _ranks = [];
    private readonly int[]? _kinds;

    /// <exception cref="ArgumentException">The adapter's targets mean nothing in the model, or predictions do not follow its family.</exception>
    public PlannedModel(TrainingPlan plan)
    {
        PlannedFamilies.Require(plan);
        var c = plan.Config;
        var (head, tied) = (new ProjectionShape(c.Family.Head, c.HiddenSize, c.VocabularySize, false), c.TiedEmbeddings);
        (_plan, _formats, Symbols) = (plan, new(plan), new(plan));
        IsUniform = LayerNames.AreAlike(plan) && c.WindowedLayers is null;
        _targets = Targets(head);
        Embedding = Full(tied ? 2 : 1, Symbols.Vocabulary, Symbols.Hidden);
        EmbeddingFormat = plan.Loading.Embedding;
        Head = Projection(head, (Symbols.Hidden, Symbols.Vocabulary), tied ? EmbeddingFormat : plan.Loading.Head,
            tied ? Embedding : Full(1, Symbols.Vocabulary, Symbols.Hidden));
        Positions = c.Family.Positions is null ? null : Full(1, Symbols.Positions, Symbols.Hidden);
        FinalNorm = Norm(Symbols.Hidden);
        Blocks = new PlannedBlocks(c.Layers, Block);
        _kinds = IsUniform ? null : Kinds();
    }

    /// <summary>The symbols of its formulas.</summary>
    public PlanSymbols Symbols { get; }

    /// <summary>The embedding, where it is trained.</summary>
    public WalkParameter? Embedding { get; }

    /// <summary>How the embedding is stored.</summary>
    public WeightFormat EmbeddingFormat { get; }

    /// <summary>The embedding of positions, where it is trained.</summary>
    public WalkParameter? Positions { get; }

    /// <summary>The blocks.</summary>
    public IReadOnlyList<PlannedBlock> Blocks { get; }

    /// <summary>The last norm.</summary>
    public PlannedNorm FinalNorm { get; }

    /// <summary>The head.</summary>
    public PlannedProjection Head { get; }

    /// <summary>Whether it is known without a look at each that all blocks are alike.</summary>
    public bool IsUniform { get; }

    /// <summary>Everything that is trained, in the order in which an optimizer has it.</summary>
    public IReadOnlyList<WalkParameter> Parameters => Trained(Blocks);

    /// <summary>The same, each of those that are alike once, with their number.</summary>
    public IEnumerable<(WalkParameter Parameter, long Count)> ParameterCounts => IsUniform && Blocks.Count > 0
        ? Trained([]).Select(p => (p, 1L)).Concat(Blocks[0].Parameters.Select(p => (p, (long)Blocks.Count)))
        : Parameters.Select(p => (p, 1L));

    /// <summary>A number that is the same for blocks that are alike.</summary>
    public int KindOf(int block) => _kinds?[block] ?? 0;

    /// <summary>What a block keeps where it is not computed again.</summary>
    public long KeptBytes(int block, long tokens) => Blocks[IsUniform ? 0 : block].KeptBytes(tokens);

    /// <summary>What is trained of some blocks, and outside of them, in the order in which an optimizer has it.</summary>
    public IReadOnlyList<WalkParameter> Trained(IReadOnlyList<PlannedBlock> blocks)
    {
        var projections = blocks.SelectMany(b => b.Projections).Append(Head).ToList();
        if (_plan.Lora is not null)
            return [.. projections.SelectMany(p => new[] { p.A, p.B }).Concat(projections.Select(p => p.Bias)).OfType<WalkParameter>()];
        var norms = blocks.SelectMany(b => b.Norms).Append(FinalNorm).SelectMany(n => n.Parameters);
        return [.. norms.Prepend(Positions).Prepend(Embedding).Concat(projections.SelectMany(p => p.Parameters)).OfType<WalkParameter>().Distinct()];
    }

    private HashSet<string> Targets(ProjectionShape head)
    {
        if (_plan.Lora is null)
            return [];
        // Names that are the same in all blocks mean in each what they mean in the first.
        var layers = Enumerable.Range(0, IsUniform ? Math.Min(1, _plan.Config.Layers) : _plan.Config.Layers);
        var paths = layers.SelectMany(layer => ProjectionShape.Of(_plan.Config, layer)).Append(head).Select(s => s.Path);
        return [.. LoraTargets.Find([.. paths], _plan.Config.Family, _plan.Lora)];
    }

    private PlannedBlock Block(int layer)
    {
        var named = IsUniform ? 0 : layer;
        var family = _plan.Config.Family;
        PlannedProjection[] projections = [.. ProjectionShape.Of(_plan.Config, named).Zip(Symbols.Projections, (shape, symbols) =>
            Projection(shape, symbols, _formats.Of(shape.Path), Full(1, symbols.Out, symbols.In)))];
        return new(_plan.Config, projections, _plan.Config.WindowOf(layer))
        {
            AttentionNorm = Norm(Symbols.Hidden),
            QueryNorm = family.QueryNorm is null ? null : Norm(Symbols.HeadSize),
            KeyNorm = family.KeyNorm is null ? null : Norm(Symbols.HeadSize),
            AttentionPostNorm = family.AttentionPostNorm is null ? null : Norm(Symbols.Hidden),
            FeedForwardNorm = Norm(Symbols.Hidden),
            FeedForwardPostNorm = family.FeedForwardPostNorm is null ? null : Norm(Symbols.Hidden),
        };
    }

    private PlannedNorm Norm(PlanSymbol size)
    {
        var kind = _plan.Config.Family.Norm;
        return new(size, kind == NormKind.Layer, kind == NormKind.RootMeanSquarePlusOne, Full(1, size), kind == NormKind.Layer ? Full(1, size) : null);
    }

    private WalkParameter? Full(int uses, params PlanSymbol[] shape) => _plan.Lora is null ? new WalkParameter(uses, shape) : null;

    private PlannedProjection Projection(
        ProjectionShape shape, (PlanSymbol In, PlanSymbol Out) symbols, WeightFormat format, WalkParameter? weight)
    {
        var rank = _targets.Contains(shape.Path) ? Rank(_plan.Lora!.RankOf(shape.Path)) : null;
        return new(shape, symbols, format)
        {
            Weight = weight,
            Bias = shape.Bias && IsBiasTrained(shape) ? new(1, symbols.Out) : null,
            A = rank is null ? null : new(1, rank, symbols.In),
            B = rank is null ? null : new(1, symbols.Out, rank),
            Dropout = _plan.Lora?.Dropout ?? 0,
        };
    }

    private PlanSymbol Rank(long rank) => _ranks.TryGetValue(rank, out var symbol) ? symbol
        : _ranks[rank] = new("r", rank, "rank of an update");

    private bool IsBiasTrained(ProjectionShape shape) => _plan.Lora?.Bias switch
    {
        null or AdapterBias.All => true,
        AdapterBias.LoraOnly => _targets.Contains(shape.Path),
        _ => false,
    };

    private int[] Kinds()
    {
        var numbers = new Dictionary<string, int>();
        return [.. Blocks.Select(b => numbers.TryGetValue(b.Kind, out var number) ? number : numbers[b.Kind] = numbers.Count)];
    }
}
