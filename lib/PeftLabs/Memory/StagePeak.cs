namespace PeftLabs.Memory;

/// <summary>The moment of a stage's peak, and every block that was alive at it.</summary>
/// <param name="Stage">The stage's number; 4 for the time between two stages.</param>
/// <param name="Bytes">The peak.</param>
/// <param name="Blocks">The blocks; they sum to it.</param>
internal sealed record StagePeak(int Stage, long Bytes, IReadOnlyList<Block> Blocks);
