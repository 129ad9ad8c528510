namespace PeftLabs.Planning;

/// <summary>Blocks of one term and one size.</summary>
internal sealed class WalkKind(int id, PlanTerm term, PlanSize size)
{
    public int Id => id;

    public PlanTerm Term => term;

    public PlanSize Size => size;

    public long Bytes { get; } = size.Value;
}
