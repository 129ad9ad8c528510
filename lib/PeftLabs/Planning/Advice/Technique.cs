namespace PeftLabs.Planning.Advice;

/// <summary>One technique of a set: what it is, how it is asked for, and what it touches beside memory and time.</summary>
/// <param name="Name">What it is, in words.</param>
/// <param name="Options">The options of <c>lab bench step</c> that ask for it; empty where it is on unless it is said otherwise.</param>
/// <param name="Burden">
/// How much of one's own wishes it costs beside time: 1 where a step's numbers stay the same but for rounding, more where something else is
/// needed (a disk) or the numbers change. Of sets that are equally fast, the one with the smallest sum is taken.
/// </param>
/// <param name="Apply">Adds it to a set.</param>
internal sealed record Technique(string Name, string Options, int Burden, Func<TechniqueSet, TechniqueSet> Apply);
