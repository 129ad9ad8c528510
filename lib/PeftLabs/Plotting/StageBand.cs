namespace PeftLabs.Plotting;

/// <summary>A span of time in which one stage of training ran.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="FromSeconds">Its start.</param>
/// <param name="ToSeconds">Its end.</param>
public sealed record StageBand(string Stage, double FromSeconds, double ToSeconds);
