using PeftLabs.Formats;

namespace PeftLabs.Quantization.Streaming;

/// <summary>
/// Asks that the frozen weights of a model's blocks live in a file, in their stored format, and are brought into memory a block ahead of
/// use: two blocks are resident, whatever the model's size. Embedding, head, norms and biases stay in memory.
/// </summary>
public sealed record WeightStreaming
{
    /// <summary>The name of a kept file in its folder.</summary>
    public const string FileName = "frozen-blocks.safetensors";

    /// <summary>
    /// An existing folder that keeps the file, <see cref="FileName"/>: a later run of the same model in the same formats reads it and
    /// encodes nothing; a file of another model or of other formats is replaced. Null for a temporary file, in the folder that TMPDIR
    /// names, or else in /var/tmp where there is one (/tmp is often memory), which is gone when the model is disposed.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such folder.</exception>
    public string? Folder
    {
        get;
        init => field = value is null || Directory.Exists(value) ? value
            : throw new ArgumentException($"{nameof(Folder)} is '{value}'; it must be a folder that exists, or null for a temporary file.");
    }

    /// <summary>Where the file goes.</summary>
    internal string NewPath() => Folder is null
        ? Path.Combine(ScratchFolder.Path, $"peftlabs-{Path.GetRandomFileName()}.safetensors")
        : Path.GetFullPath(Path.Combine(Folder, FileName));
}
