namespace PeftLabs.Memory.Profiling;

/// <summary>What a stage cost.</summary>
/// <param name="Stage">The stage; null for the time between two stages.</param>
/// <param name="Seconds">Wall-clock seconds.</param>
/// <param name="PeakBytes">The most bytes alive in it; 0 where no meter ran.</param>
/// <param name="EarlierBytes">Those of the peak's bytes that other stages had made.</param>
public sealed record StageCost(MemoryStage? Stage, double Seconds, long PeakBytes, long EarlierBytes)
{
    /// <summary>The stage's name in tables and figures.</summary>
    public static string Name(MemoryStage? stage) => stage?.ToString() ?? "between stages";
}
