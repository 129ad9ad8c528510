namespace PeftLabs.Training;

/// <summary>How examples of different lengths become batches.</summary>
public enum BatchKind
{
    /// <summary>So many examples in drawn order, each padded to the batch's longest.</summary>
    Padded,

    /// <summary>So many examples of about one length, padded to the longest; the batches come in drawn order.</summary>
    Bucketed,

    /// <summary>
    /// Rows of up to so many tokens, filled with whole examples that do not see each other; positions begin anew with each.
    /// </summary>
    Packed,

    /// <summary>As many examples of about one length as fit, padded, into so many tokens.</summary>
    Dynamic,
}
