using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>A projection as a plan has it: its shape, how it is stored, and what of it is trained.</summary>
internal sealed class PlannedProjection(ProjectionShape shape, (PlanSymbol In, PlanSymbol Out) symbols, WeightFormat format)
{
    private readonly PlanSymbol _tileRows = new("t", TileBuffer.Rows(shape.Out, shape.In), "rows of a tile");

    public string Path => shape.Path;

    public long In => shape.In;

    public long Out => shape.Out;

    /// <summary>Features of its input.</summary>
    public PlanSymbol Inputs => symbols.In;

    /// <summary>Features of its output.</summary>
    public PlanSymbol Outputs => symbols.Out;

    public WeightFormat Format => format;

    /// <summary>Whether it adds a bias.</summary>
    public bool HasBias => shape.Bias;

    /// <summary>The rank of its update; 0 without one.</summary>
    public long Rank => A?.Shape[0] ?? 0;

    /// <summary>The same as a symbol, where it has an update.</summary>
    public PlanSymbol? Ranks => A?.Symbols[0];

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

    /// <summary>The tile through which the matrix is read in forward; null where it is read in place.</summary>
    public PlanSize? ForwardTile => TileBuffer.ForwardBytes(format, Out, In) > 0 ? Tile : null;

    /// <summary>The tile through which it is read in backward; null where it is read in place.</summary>
    public PlanSize? BackwardTile => format == WeightFormat.Float32 ? null : Tile;

    private PlanSize Tile => sizeof(float) * _tileRows * symbols.In;
}
