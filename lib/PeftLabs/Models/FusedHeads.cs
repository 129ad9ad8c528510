namespace PeftLabs.Models;

/// <summary>In which order one projection gives queries, keys and values.</summary>
public enum FusedHeads
{
    /// <summary>All query heads, then all key heads, then all value heads.</summary>
    Blocks,

    /// <summary>Head by head: its query, its key, its value. There are as many key heads as query heads.</summary>
    Interleaved,
}
