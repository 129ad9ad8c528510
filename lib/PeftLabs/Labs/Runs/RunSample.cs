namespace PeftLabs.Labs;

/// <summary>How the model went on from a prompt before and after a run, always taking the likeliest token.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Before">What followed before the first step.</param>
/// <param name="After">What followed after the last.</param>
public sealed record RunSample(string Prompt, string Before, string After);
