namespace PeftLabs.Training;

/// <summary>How the head and the loss are computed; the loss is the same within rounding.</summary>
public enum LossKind
{
    /// <summary>Logits of all labelled tokens at once.</summary>
    Whole,

    /// <summary>Head and loss in one function, some tokens at a time: logits never exist whole, neither in forward nor in backward.</summary>
    Chunked,
}
