namespace PeftLabs.Planning.Advice;

/// <summary>The best set of one method: the fastest that fits, or else the smallest.</summary>
/// <param name="Set">The set.</param>
/// <param name="Fits">Whether it fits.</param>
/// <param name="PeakBytes">The highest of its stages' peaks.</param>
/// <param name="Seconds">Seconds of a step.</param>
/// <param name="FastestSeconds">Seconds of the fastest set that fits; the one taken may be slower by <see cref="AdviceSearch.Tie"/>.</param>
/// <param name="Ties">Other sets that fit and are within <see cref="AdviceSearch.Tie"/> of the fastest.</param>
public sealed record MethodAdvice(TechniqueSet Set, bool Fits, long PeakBytes, double Seconds, double FastestSeconds, int Ties);
