namespace PeftLabs.Training;

/// <summary>A checkpoint that cannot be written, or that a run cannot be resumed from.</summary>
/// <param name="folder">The checkpoint's folder, or that of all checkpoints of the run.</param>
/// <param name="message">What was found, and what is right.</param>
/// <param name="inner">Where it came from.</param>
public sealed class TrainingCheckpointException(string folder, string message, Exception? inner = null)
    : Exception($"{folder}: {message}", inner)
{
    /// <summary>The checkpoint's folder, or that of all checkpoints of the run.</summary>
    public string Folder { get; } = folder;
}
