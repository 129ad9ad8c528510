namespace PeftLabs.Cli.Ladder;

/// <summary>A run in another process failed; the message says why, as that process did.</summary>
public sealed class RunFailedException(string message) : Exception(message);
