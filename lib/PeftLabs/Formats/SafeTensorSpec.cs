namespace PeftLabs.Formats;

/// <summary>A tensor that a <see cref="SafeTensorsWriter"/> is going to write.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">The type of its elements in the file.</param>
/// <param name="Shape">Its dimensions, in row-major order; empty for a scalar.</param>
public sealed record SafeTensorSpec(string Name, SafeTensorType Type, IReadOnlyList<long> Shape)
{
    /// <summary>The product of the shape times the bytes of an element.</summary>
    /// <exception cref="OverflowException">The product does not fit in 64 bits.</exception>
    internal long Bytes => Shape.Aggregate((long)Type.Bytes, (bytes, dimension) => checked(bytes * dimension));
}
