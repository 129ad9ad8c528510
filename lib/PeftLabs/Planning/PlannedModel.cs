using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>A model as a plan has it: nothing but shapes, formats, and what is trained.</summary>
internal sealed class PlannedModel
{
    private readonly TrainingPlan _plan;
    private readonly HashSet<string> _targets;

    /// <exception cref="ArgumentException">The adapter's targets mean nothing in the model.</exception>
    public PlannedModel(TrainingPlan plan)
    {
        var c = plan.Config;
        var (head, tied) = (new ProjectionShape(c.Family.Head, c.HiddenSize, c.VocabularySize, false), c.TiedEmbeddings);
        var shapes = Enumerable.Range(0, c.Layers).Select(layer => ProjectionShape.Of(c, layer).ToArray()).ToList();
        _plan = plan;
        _targets = plan.Lora is null ? [] : [.. LoraTargets.Find([.. shapes.SelectMany(s => s).Append(head).Select(s => s.Path)], head.Path, plan.Lora)];
        Embedding = Full([c.VocabularySize, c.HiddenSize], tied ? 2 : 1);
        Head = Projection(head, tied ? plan.Loading.Embedding : plan.Loading.Head, tied ? Embedding : Full([head.Out, head.In]));
        FinalNorm = Full([c.HiddenSize]);
        Blocks = [.. shapes.Select(s => new PlannedBlock(
            [.. s.Select(p => Projection(p, plan.Loading.FormatOf(p.Path), Full([p.Out, p.In])))], Full([c.HiddenSize]), Full([c.HiddenSize])))];
    }

    /// <summary>The embedding, where it is trained.</summary>
    public WalkParameter? Embedding { get; }

    /// <summary>The blocks.</summary>
    public IReadOnlyList<PlannedBlock> Blocks { get; }

    /// <summary>The last norm's weight, where it is trained.</summary>
    public WalkParameter? FinalNorm { get; }

    /// <summary>The head.</summary>
    public PlannedProjection Head { get; }

    /// <summary>Everything that is trained, in the order in which an optimizer has it.</summary>
    public IReadOnlyList<WalkParameter> Parameters
    {
        get
        {
            var projections = Blocks.SelectMany(b => b.Projections).Append(Head).ToList();
            if (_plan.Lora is not null)
                return [.. projections.SelectMany(p => new[] { p.A, p.B }).Concat(projections.Select(p => p.Bias)).OfType<WalkParameter>()];
            var norms = Blocks.SelectMany(b => new[] { b.AttentionNorm, b.FeedForwardNorm }).Append(FinalNorm);
            return [.. norms.Prepend(Embedding).Concat(projections.SelectMany(p => p.Parameters)).OfType<WalkParameter>().Distinct()];
        }
    }

    private WalkParameter? Full(long[] shape, int uses = 1) => _plan.Lora is null ? new WalkParameter(shape, uses) : null;

    private PlannedProjection Projection(ProjectionShape shape, WeightFormat format, WalkParameter? weight)
    {
        var rank = _targets.Contains(shape.Path) ? _plan.Lora!.RankOf(shape.Path) : 0;
        return new(shape, format)
        {
            Weight = weight,
            Bias = shape.Bias && IsBiasTrained(shape) ? new([shape.Out]) : null,
            A = rank > 0 ? new([rank, shape.In]) : null,
            B = rank > 0 ? new([shape.Out, rank]) : null,
            Dropout = _plan.Lora?.Dropout ?? 0,
        };
    }

    private bool IsBiasTrained(ProjectionShape shape) => _plan.Lora?.Bias switch
    {
        null or AdapterBias.All => true,
        AdapterBias.LoraOnly => _targets.Contains(shape.Path),
        _ => false,
    };
}
