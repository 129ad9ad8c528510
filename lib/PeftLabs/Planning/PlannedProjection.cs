using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>A projection as a plan has it: its shape, how it is stored, and what of it is trained.</summary>
internal sealed class PlannedProjection(ProjectionShape shape, WeightFormat format)
{
    public string Path => shape.Path;

    public long In => shape.In;

    public long Out => shape.Out;

    public WeightFormat Format => format;

    /// <summary>The rank of its update; 0 without one.</summary>
    public long Rank => A?.Shape[0] ?? 0;

    /// <summary>The share of its input's features that its update drops.</summary>
    public double Dropout { get; init; }

    /// <summary>The weight, where it is trained.</summary>
    public WalkParameter? Weight { get; init; }

    /// <summary>The bias, where it is trained.</summary>
    public WalkParameter? Bias { get; init; }

    /// <summary>A of its update.</summary>
    public WalkParameter? A { get; init; }

    /// <summary>B of its update.</summary>
    public WalkParameter? B { get; init; }

    /// <summary>Whether its input is needed in backward.</summary>
    public bool NeedsInput => Weight is not null || A is not null;

    /// <summary>What of it is trained, in the order of an optimizer of the model.</summary>
    public IEnumerable<WalkParameter> Parameters => new[] { Weight, A, B, Bias }.OfType<WalkParameter>();

    /// <summary>As the budget of checkpointing sees it.</summary>
    public KeptActivations.Part Kept => new(In, Out, Rank, NeedsInput);
}
