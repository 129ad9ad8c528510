namespace PeftLabs.Memory.Profiling;

/// <summary>What a scope cost, summed over every time it was entered and over the numbers of its numbered scopes, such as all blocks.</summary>
/// <param name="Stage">The stage in which it ran; null between two stages.</param>
/// <param name="Path">The scopes from the stage on, joined by " › ", without numbers.</param>
/// <param name="Operator">The operator that it is or belongs to, such as "down_proj", and whether that was computed again;
/// <see cref="Other"/> where it belongs to none.</param>
/// <param name="Part">The part of the operator, such as "decode"; empty for the operator itself.</param>
/// <param name="Code">Where it was opened: "ProjectionFunction.forward, ProjectionFunction.cs:57".</param>
/// <param name="Calls">How many times it was entered.</param>
/// <param name="Seconds">Seconds in it, inner scopes included.</param>
/// <param name="OwnSeconds">Seconds in it and in no inner scope; all scopes' sum to the profile's.</param>
/// <param name="AllocatedBytes">Bytes allocated in it and in no inner scope, whenever they were freed.</param>
/// <param name="PeakBytes">Bytes alive at the stage's peak that were allocated in it and in no inner scope.</param>
public sealed record ScopeCost(MemoryStage? Stage, string Path, string Operator, string Part, string Code, long Calls, double Seconds,
    double OwnSeconds, long AllocatedBytes, long PeakBytes)
{
    /// <summary>The operator of what belongs to none: the time of stages and blocks outside all operators.</summary>
    public const string Other = "other";
}
