namespace PeftLabs.Cli.Bench;

/// <summary>Processor time of steps with and without a profile, taken in turn: all threads', in user mode, the median. Unlike seconds, it
/// is about the same on a busy machine.</summary>
/// <param name="UserSecondsWith">A step with a profile.</param>
/// <param name="UserSecondsWithout">A step without.</param>
/// <param name="Steps">Steps of each kind.</param>
public sealed record ProfileCost(double UserSecondsWith, double UserSecondsWithout, int Steps);
