using PeftLabs.Training;

namespace PeftLabs.Planning.Advice;

/// <summary>A set in a search, and what is known of it before its memory is walked through.</summary>
/// <param name="Walked">The set with the least state and weights in memory.</param>
/// <param name="Optimizer">Its optimizer.</param>
/// <param name="Streaming">Whether its blocks' weights are streamed.</param>
/// <param name="MoreBytes">What it has in memory all the time beside what <paramref name="Walked"/> has.</param>
/// <param name="Seconds">Seconds of a step.</param>
internal readonly record struct Candidate(TechniqueSet Walked, OptimizerKind Optimizer, bool Streaming, long MoreBytes, double Seconds)
{
    /// <summary>The set itself.</summary>
    public TechniqueSet Set => Walked with { Optimizer = Optimizer, Streaming = Streaming };
}
