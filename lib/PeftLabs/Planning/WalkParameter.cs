namespace PeftLabs.Planning;

/// <summary>A trained parameter: its shape, and its gradient where it is there.</summary>
internal sealed class WalkParameter
{
    /// <param name="uses">In how many places of the model it is used; all their gradients are summed first.</param>
    /// <param name="shape">The shape.</param>
    public WalkParameter(int uses, params PlanSymbol[] shape)
    {
        (Uses, Symbols, Shape) = (uses, shape, Array.ConvertAll(shape, s => s.Value));
        Numbers = shape.Aggregate((PlanSize)1, (size, symbol) => size * symbol);
    }

    /// <summary>The shape.</summary>
    public long[] Shape { get; }

    /// <summary>Its dimensions.</summary>
    public PlanSymbol[] Symbols { get; }

    /// <summary>Numbers, as a product of them.</summary>
    public PlanSize Numbers { get; }

    /// <summary>Numbers.</summary>
    public long Values => Numbers.Value;

    /// <summary>Bytes of it, and of its gradient.</summary>
    public PlanSize Bytes => sizeof(float) * Numbers;

    /// <summary>The gradient.</summary>
    public WalkBlock? Gradient { get; set; }

    /// <summary>In how many places it is used.</summary>
    public int Uses { get; }

    /// <summary>The sum of what has come from some of its places.</summary>
    public WalkBlock? Waiting { get; set; }

    /// <summary>From how many places it has come.</summary>
    public int Arrived { get; set; }
}
