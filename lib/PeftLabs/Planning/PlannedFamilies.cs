using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>What predictions follow of a plan, and what they do not.</summary>
internal static class PlannedFamilies
{
    /// <summary>What of a plan no prediction follows yet, in words; null where all of it is followed.</summary>
    public static string? Unwalked(TrainingPlan plan)
    {
        var config = plan.Config;
        if (plan.Training.Attention != AttentionKind.Sdpa)
            return null;
        if (config.Window < plan.Tokens)
            return "torch's own attention (Sdpa) with a window";
        return config.AttentionScale is null ? null : "torch's own attention (Sdpa) with another scale than 1/√d";
    }

    /// <summary>Refuses what is not followed, and texts that go beyond learned positions.</summary>
    /// <exception cref="ArgumentException">There is something.</exception>
    public static void Require(TrainingPlan plan)
    {
        var longest = plan.Layout?.LongestSpan ?? plan.Tokens;
        if (plan.Config.Family.Positions is not null && longest > plan.Config.MaxPositions)
            throw new ArgumentException($"A sequence has {longest} tokens; {plan.Config.Family.ModelType} has learned {plan.Config.MaxPositions} positions, "
                + "and can be trained on no longer ones.");
        if (Unwalked(plan) is { } what)
            throw new ArgumentException($"Memory and time of {plan.Config.Family.ModelType} cannot be predicted here: {what} is not followed. "
                + "Training and measuring it work all the same; attention in tiles is predicted.");
    }
}
