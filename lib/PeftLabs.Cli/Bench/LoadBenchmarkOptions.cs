using PeftLabs.Formats;
using PeftLabs.Models;

namespace PeftLabs.Cli.Bench;

/// <summary>What <c>lab bench load</c> measures.</summary>
public sealed record LoadBenchmarkOptions
{
    /// <summary>A name of <see cref="ModelShapes"/>, whose checkpoint is written in bfloat16 and loaded.</summary>
    public string Shape { get; init; } = "smollm2-135m";

    /// <summary>A folder on the disk to measure; everything is written into a new folder within it, which is removed in the end.</summary>
    public string Folder { get; init; } = ScratchFolder.Path;

    /// <summary>Bytes of JSON Lines that are tokenized into a cache.</summary>
    public long DataBytes { get; init; } = 200_000_000;

    /// <summary>How often each is done; the fastest counts.</summary>
    public int Repeats { get; init; } = 3;

    /// <summary>Throws where the options do not fit.</summary>
    /// <exception cref="ArgumentException">A number is below 1, no such shape, or no such folder.</exception>
    public void Validate()
    {
        if (DataBytes < 1 || Repeats < 1)
            throw new ArgumentException($"--megabytes is {DataBytes / 1_000_000} and --repeats {Repeats}; they must be at least 1.");
        if (!Directory.Exists(Folder))
            throw new ArgumentException($"--folder is '{Folder}'; it must be a folder that is there.");
        ModelShapes.Find(Shape);
    }
}
