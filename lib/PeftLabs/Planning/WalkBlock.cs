namespace PeftLabs.Planning;

/// <summary>A block of memory in a walk: what it is, how large, and how many hold it.</summary>
internal sealed class WalkBlock(PlanTerm term, long bytes)
{
    /// <summary>What it is.</summary>
    public PlanTerm Term { get; set; } = term;

    /// <summary>Its size.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>How many hold it; it is freed with the last.</summary>
    public int Holders { get; set; } = 1;
}
