namespace PeftLabs.Labs;

/// <summary>What a rung of the ladder adds to the one above it.</summary>
/// <param name="Key">What the command line calls it.</param>
/// <param name="Name">What figures call it.</param>
/// <param name="Apply">The run above, with the technique switched on.</param>
public sealed record LadderTechnique(string Key, string Name, Func<RunSpec, RunSpec> Apply);
