using PeftLabs.Formats;
using static TorchSharp.torch;

namespace PeftLabs.Quantization.Streaming;

/// <summary>A matrix of a stream file: what it is and what the file calls its parts.</summary>
/// <param name="Name">The weight's name in checkpoints.</param>
/// <param name="Group">The block that it comes and goes with.</param>
/// <param name="Format">How it is stored.</param>
/// <param name="Rows">Output features.</param>
/// <param name="Columns">Input features.</param>
internal sealed record StreamedMatrix(string Name, int Group, WeightFormat Format, long Rows, long Columns)
{
    /// <summary>What the weights were before they were quantized, where a checkpoint says so.</summary>
    public ScalarType ValueType { get; init; } = ScalarType.Float32;

    /// <summary>The name of the format's numbers, where it has any.</summary>
    public string ScalarsName => $"{Name}.scalars";

    /// <summary>One line for the file's metadata.</summary>
    public string Description => $"block {Group}, {Format}, [{Rows}, {Columns}], from {ValueType.ToString().ToLowerInvariant()}";

    /// <summary>The tensors that are brought in and let go, in the order of the weight's own.</summary>
    public IEnumerable<SafeTensorSpec> Parts =>
        Format.Parts(Rows, Columns).Select(part => new SafeTensorSpec(NameOf(part.Role), part.Type.ToSafeTensorType(), part.Shape));

    /// <summary>All its tensors in the file.</summary>
    public IEnumerable<SafeTensorSpec> Specs =>
        Format.Scalars == 0 ? Parts : Parts.Append(new(ScalarsName, SafeTensorType.Float32, [Format.Scalars]));

    /// <summary>What the file calls the part of that role.</summary>
    public string NameOf(string role) => role == "weight" ? Name : $"{Name}.{role}";

    /// <summary>A complete matrix whose values are yet to come.</summary>
    public StoredWeight Allocate(Device device) => Format.TakeOver(
        Rows, Columns, [.. Format.Parts(Rows, Columns).Select(part => empty(part.Shape, dtype: part.Type, device: device))], ValueType);
}
