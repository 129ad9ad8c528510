using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Cli.Bench.Plans;

/// <summary>A model of some shape with random weights as a checkpoint on disk, which goes when it is disposed.</summary>
public sealed class ScratchCheckpoint : IDisposable
{
    private ScratchCheckpoint(string folder) => Folder = folder;

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>Writes one, its matrices in a type and its vectors in float32.</summary>
    /// <param name="shape">A name of <see cref="ModelShapes"/>.</param>
    /// <param name="type">float32, bfloat16 or float16.</param>
    /// <exception cref="ArgumentException">There is no such shape, or no such type.</exception>
    /// <exception cref="IOException">The disk lacks the room.</exception>
    public static ScratchCheckpoint Make(string shape, string type)
    {
        var format = WeightFormat.Parse(type) as DenseFormat
            ?? throw new ArgumentException($"--checkpoint is '{type}'; it must be float32, bfloat16 or float16.");
        var checkpoint = new ScratchCheckpoint(Path.Combine(ScratchFolder.Path, $"peftlabs-{shape}-{type}-{Guid.NewGuid():N}"));
        try
        {
            using var model = CausalLM.Random(ModelShapes.Find(shape), 1, new() { Projections = format, Embedding = format, Head = format });
            model.Save(checkpoint.Folder);
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
