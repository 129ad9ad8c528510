namespace PeftLabs.Notebooks;

/// <summary>A notebook that cannot be read, or cannot be run as it was asked for. The message names the file and the place.</summary>
/// <param name="message">What was found, where, and what would be right.</param>
/// <param name="inner">What caused it, if anything did.</param>
public sealed class NotebookException(string message, Exception? inner = null) : Exception(message, inner);
