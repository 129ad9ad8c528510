namespace PeftLabs.Memory;

/// <summary>A point of a memory timeline.</summary>
/// <param name="Seconds">Seconds since the meter started.</param>
/// <param name="Bytes">Bytes alive at that moment.</param>
/// <param name="Stage">The stage of that moment; between two stages, the one before.</param>
public readonly record struct MemorySample(double Seconds, long Bytes, MemoryStage Stage);
