namespace PeftLabs.Labs;

/// <summary>A figure of the model before and after a run, on what it was not trained on.</summary>
/// <param name="Name">What it is, such as "held-out loss".</param>
/// <param name="Unit">Its unit, such as "nats a token"; empty for none.</param>
/// <param name="Before">Before the first step.</param>
/// <param name="After">After the last.</param>
public sealed record RunEvaluation(string Name, string Unit, double Before, double After);
