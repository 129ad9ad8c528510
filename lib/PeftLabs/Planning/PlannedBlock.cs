using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>A block as a plan has it.</summary>
/// <param name="Config">The model's shape.</param>
/// <param name="Projections">Its projections in the order of <see cref="ProjectionShape.Of"/>.</param>
/// <param name="Window">Its attention's window; null for none.</param>
internal sealed record PlannedBlock(ModelConfig Config, PlannedProjection[] Projections, int? Window)
{
    /// <summary>Query, key and value, or the one that is all of them.</summary>
    public PlannedProjection[] AttentionInputs => Projections[..Config.Family.AttentionInputs.Count];

    /// <summary>Attention's output.</summary>
    public PlannedProjection Output => Projections[Config.Family.AttentionInputs.Count];

    /// <summary>Gate and up, the one that is both, or up alone.</summary>
    public PlannedProjection[] FeedForwardInputs => Projections[(Config.Family.AttentionInputs.Count + 1)..^1];

    /// <summary>The feed-forward's output.</summary>
    public PlannedProjection Down => Projections[^1];

    /// <summary>The norm before attention.</summary>
    public required PlannedNorm AttentionNorm { get; init; }

    /// <summary>The norm of query heads; null where there is none.</summary>
    public PlannedNorm? QueryNorm { get; init; }

    /// <summary>The norm of key heads; null where there is none.</summary>
    public PlannedNorm? KeyNorm { get; init; }

    /// <summary>The norm of what attention gives; null where there is none.</summary>
    public PlannedNorm? AttentionPostNorm { get; init; }

    /// <summary>The norm before the feed-forward.</summary>
    public required PlannedNorm FeedForwardNorm { get; init; }

    /// <summary>The norm of what the feed-forward gives; null where there is none.</summary>
    public PlannedNorm? FeedForwardPostNorm { get; init; }

    /// <summary>Its norms, in the order in which they are used.</summary>
    public IEnumerable<PlannedNorm> Norms =>
        new[] { AttentionNorm, QueryNorm, KeyNorm, AttentionPostNorm, FeedForwardNorm, FeedForwardPostNorm }.OfType<PlannedNorm>();

    /// <summary>What of it is trained.</summary>
    public IEnumerable<WalkParameter> Parameters => Norms.SelectMany(n => n.Parameters).Concat(Projections.SelectMany(p => p.Parameters));

    /// <summary>Equal for blocks that are stored alike, trained alike, and see alike.</summary>
    public string Kind => string.Join(' ', Projections.Select(p => $"{p.Format}/{p.Rank}/{(p.Bias is null ? "" : "b")}").Append($"{Window}"));

    /// <summary>Bytes that it keeps where it is not computed again, by the formula of checkpointing's budget.</summary>
    public long KeptBytes(long tokens) => KeptActivations.Bytes(
        Config, [.. Projections.Select(p => p.Kept)], FeedForwardNorm.IsTrained, tokens, isReached: true);
}
