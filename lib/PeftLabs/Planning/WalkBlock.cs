namespace PeftLabs.Planning;

/// <summary>A block of memory in a walk: what it is, when it was made, and how many hold it.</summary>
internal sealed class WalkBlock(WalkKind kind, long birth)
{
    /// <summary>What it is.</summary>
    public WalkKind Kind { get; set; } = kind;

    /// <summary>The number of the event that made it.</summary>
    public long Birth => birth;

    /// <summary>Its size.</summary>
    public PlanSize Size => Kind.Size;

    /// <summary>How many hold it; it is freed with the last.</summary>
    public int Holders { get; set; } = 1;
}
