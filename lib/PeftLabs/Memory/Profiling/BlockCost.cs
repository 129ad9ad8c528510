namespace PeftLabs.Memory.Profiling;

/// <summary>What a numbered scope, such as a block of the model, cost in a stage, all within it included.</summary>
/// <param name="Stage">The stage; null between two stages.</param>
/// <param name="Name">The scope's name, "block" in a model.</param>
/// <param name="Index">Its number.</param>
/// <param name="Seconds">Wall-clock seconds.</param>
/// <param name="AllocatedBytes">Bytes allocated in it.</param>
/// <param name="PeakBytes">Bytes alive at the stage's peak that were allocated in it.</param>
public sealed record BlockCost(MemoryStage? Stage, string Name, int Index, double Seconds, long AllocatedBytes, long PeakBytes);
