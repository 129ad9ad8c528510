namespace PeftLabs.Memory.Profiling;

/// <summary>What an operator cost in a stage, in all blocks and parts together.</summary>
/// <param name="Stage">The stage; null between two stages.</param>
/// <param name="Operator">The operator, or <see cref="ScopeCost.Other"/>.</param>
/// <param name="Calls">How many times it was entered.</param>
/// <param name="Seconds">Wall-clock seconds; those of operators within it are theirs.</param>
/// <param name="AllocatedBytes">Bytes that it allocated.</param>
/// <param name="PeakBytes">Bytes alive at the stage's peak that it allocated.</param>
public sealed record OperatorCost(MemoryStage? Stage, string Operator, long Calls, double Seconds, long AllocatedBytes, long PeakBytes);
