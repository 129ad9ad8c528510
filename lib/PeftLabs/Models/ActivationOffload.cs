namespace PeftLabs.Models;

/// <summary>Where the inputs of recomputed blocks wait for backward.</summary>
public enum ActivationOffload
{
    /// <summary>Where they were computed.</summary>
    None,

    /// <summary>In host memory, page-locked where the model is on a GPU.</summary>
    Host,

    /// <summary>In a memory-mapped temporary file.</summary>
    File,
}
