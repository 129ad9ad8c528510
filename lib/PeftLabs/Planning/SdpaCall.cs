namespace PeftLabs.Planning;

/// <summary>One call of torch's attention: of all rows, or of a document.</summary>
internal sealed class SdpaCall
{
    /// <param name="plan">The plan.</param>
    /// <param name="symbols">Its symbols.</param>
    /// <param name="document">The tokens of a document; null for all rows at once.</param>
    public SdpaCall(TrainingPlan plan, PlanSymbols symbols, PlanSymbol? document)
    {
        var tokens = document ?? symbols.Tokens;
        (Queries, Keys) = (4 * tokens * symbols.Query, 4 * tokens * symbols.Key);
        (Scores, Mask) = (4 * tokens * symbols.Heads * (document ?? symbols.Row), (document ?? symbols.Row) * (document ?? symbols.Row));
        HasRows = document is null && plan.Batch > 1;
        IsGrouped = symbols.Group.Value > 1;
        Repeats = IsGrouped && plan.Config.KeyValueHeads > 1;
        IsParted = plan.Config.Family.QueryKeyValue is not null;
    }

    public PlanSize Queries { get; }

    public PlanSize Keys { get; }

    public PlanSize Scores { get; }

    public PlanSize Mask { get; }

    /// <summary>Whether several rows' heads are multiplied at once.</summary>
    public bool HasRows { get; }

    /// <summary>Whether query heads share a key head.</summary>
    public bool IsGrouped { get; }

    /// <summary>Whether keys and values are copied for each query head; a single key head is only seen so often.</summary>
    public bool Repeats { get; }

    /// <summary>Whether the heads of all rows have to be brought together for a product with the keys.</summary>
    public bool CopiesKeys => IsGrouped && !Repeats && HasRows;

    /// <summary>Whether the values come from a projection that gives queries and keys too, and lie as these do.</summary>
    private bool IsParted { get; }

    /// <summary>The same with the values, which lie with tokens first where they have a projection of their own.</summary>
    public bool CopiesValues => IsParted ? CopiesKeys : !Repeats && HasRows;
}
