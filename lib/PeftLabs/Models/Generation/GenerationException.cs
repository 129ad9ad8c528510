namespace PeftLabs.Models.Generation;

/// <summary>A text cannot be continued; the message says why.</summary>
public sealed class GenerationException(string message) : Exception(message);
