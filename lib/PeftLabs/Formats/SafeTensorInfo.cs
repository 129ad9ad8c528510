namespace PeftLabs.Formats;

/// <summary>Where a tensor lies in a safetensors file, and what it is.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its dimensions, in row-major order; empty for a scalar.</param>
/// <param name="Offset">Its first byte, counted from the start of the file.</param>
/// <param name="Bytes">Its length: the product of <paramref name="Shape"/> times the bytes of an element.</param>
public sealed record SafeTensorInfo(string Name, SafeTensorType Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>The number of its elements.</summary>
    public long Elements => Bytes / Type.Bytes;
}
