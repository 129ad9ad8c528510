namespace PeftLabs.Planning;

/// <summary>A trained parameter: its shape, and its gradient where it is there.</summary>
/// <param name="shape">The shape.</param>
/// <param name="uses">In how many places of the model it is used; all their gradients are summed first.</param>
internal sealed class WalkParameter(long[] shape, int uses = 1)
{
    /// <summary>The shape.</summary>
    public long[] Shape { get; } = shape;

    /// <summary>Numbers.</summary>
    public long Values { get; } = shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes of it, and of its gradient.</summary>
    public long Bytes => sizeof(float) * Values;

    /// <summary>The gradient.</summary>
    public WalkBlock? Gradient { get; set; }

    /// <summary>In how many places it is used.</summary>
    public int Uses => uses;

    /// <summary>The sum of what has come from some of its places.</summary>
    public WalkBlock? Waiting { get; set; }

    /// <summary>From how many places it has come.</summary>
    public int Arrived { get; set; }
}
