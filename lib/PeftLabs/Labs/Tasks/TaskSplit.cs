namespace PeftLabs.Labs;

/// <summary>What an example of a task is for. A prompt belongs to one split by its own hash, whatever the seed.</summary>
public enum TaskSplit
{
    /// <summary>To train on.</summary>
    Train,

    /// <summary>To choose options by.</summary>
    Validation,

    /// <summary>To report figures of; nothing is trained or chosen on it.</summary>
    HeldOut,
}
