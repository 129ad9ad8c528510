namespace PeftLabs.Planning;

/// <summary>A tensor of the graph: its memory, whether gradients pass it, and the gradient that has come to it.</summary>
internal sealed class WalkValue(WalkBlock block, bool needsGradient)
{
    /// <summary>Its memory; views share it.</summary>
    public WalkBlock Block { get; } = block;

    /// <summary>Whether something before it is trained.</summary>
    public bool NeedsGradient { get; } = needsGradient;

    /// <summary>What has come to it in backward.</summary>
    public WalkBlock? Gradient { get; set; }
}
