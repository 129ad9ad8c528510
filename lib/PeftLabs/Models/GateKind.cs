namespace PeftLabs.Models;

/// <summary>Where a feed-forward has its gate.</summary>
internal enum GateKind
{
    /// <summary>Gate and up are two tensors.</summary>
    Separate,

    /// <summary>They are the two halves of each row of one tensor, the gate first.</summary>
    SideBySide,

    /// <summary>There is no gate.</summary>
    None,
}
