namespace PeftLabs.Plotting;

/// <summary>How much memory was in use at a moment.</summary>
/// <param name="Seconds">The moment, from the start of the record.</param>
/// <param name="Bytes">The bytes in use from then on.</param>
public readonly record struct MemoryPoint(double Seconds, long Bytes);
