using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>What predictions follow of a family, and what they do not.</summary>
internal static class PlannedFamilies
{
    /// <summary>What of a plan's model no prediction follows yet, in words; null where all of it is followed.</summary>
    public static string? Unwalked(ModelConfig config)
    {
        var family = config.Family;
        string?[] missing =
        [
            config.Window is null ? null : "its window",
            family.QueryNorm is null && family.KeyNorm is null ? null : "the norms of its heads",
            family.QueryKeyValue is null && family.GateUp is null ? null : "its fused projections",
            family.AttentionPostNorm is null && family.FeedForwardPostNorm is null ? null : "the norms of what its halves give",
            family.Norm == NormKind.RootMeanSquare ? null : "its norms",
            family.IsGated ? null : "its feed-forward without a gate",
            family.Positions is null ? null : "its learned positions",
        ];
        var found = missing.OfType<string>().ToList();
        return found.Count == 0 ? null : string.Join(", ", found);
    }

    /// <summary>Refuses what is not followed.</summary>
    /// <exception cref="ArgumentException">There is something.</exception>
    public static void Require(ModelConfig config)
    {
        if (Unwalked(config) is { } what)
            throw new ArgumentException($"Memory and time of {config.Family.ModelType} cannot be predicted yet: {what} is not walked. "
                + "Training and measuring it work all the same.");
    }
}
