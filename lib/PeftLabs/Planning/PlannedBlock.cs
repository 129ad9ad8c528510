using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>A block as a plan has it.</summary>
/// <param name="Projections">Query, key, value, output, gate, up, down.</param>
/// <param name="AttentionNorm">The first norm's weight, where it is trained.</param>
/// <param name="FeedForwardNorm">The second norm's weight, where it is trained.</param>
internal sealed record PlannedBlock(PlannedProjection[] Projections, WalkParameter? AttentionNorm, WalkParameter? FeedForwardNorm)
{
    public PlannedProjection Query => Projections[0];

    public PlannedProjection Key => Projections[1];

    public PlannedProjection Value => Projections[2];

    public PlannedProjection Output => Projections[3];

    public PlannedProjection Gate => Projections[4];

    public PlannedProjection Up => Projections[5];

    public PlannedProjection Down => Projections[6];

    /// <summary>What of it is trained.</summary>
    public IEnumerable<WalkParameter> Parameters =>
        new[] { AttentionNorm, FeedForwardNorm }.OfType<WalkParameter>().Concat(Projections.SelectMany(p => p.Parameters));

    /// <summary>Equal for blocks that are stored alike and trained alike.</summary>
    public string Kind => string.Join(' ', Projections.Select(p => $"{p.Format}/{p.Rank}/{(p.Bias is null ? "" : "b")}"));

    /// <summary>Bytes that it keeps where it is not computed again, by the formula of checkpointing's budget.</summary>
    public long KeptBytes(ModelConfig config, long tokens) => KeptActivations.Bytes(
        config, [.. Projections.Select(p => p.Kept)], FeedForwardNorm is not null, tokens, isReached: true);
}
