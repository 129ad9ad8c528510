namespace PeftLabs.Models;

/// <summary>A model's files are missing, broken, or ask for something that the kit does not do.</summary>
/// <param name="file">The file in question.</param>
/// <param name="message">What was found there, and what would be right.</param>
public sealed class ModelFormatException(string file, string message) : Exception($"{file}: {message}")
{
    /// <summary>The file in question.</summary>
    public string File { get; } = file;
}
