namespace PeftLabs.Models;

/// <summary>What of a decoder block is computed again in backward.</summary>
[Flags]
public enum BlockPart
{
    /// <summary>Nothing: all is kept from forward.</summary>
    None = 0,

    /// <summary>The attention half: norm, projections, attention.</summary>
    Attention = 1,

    /// <summary>The feed-forward half: norm and projections.</summary>
    FeedForward = 2,

    /// <summary>Both halves, from the block's input alone.</summary>
    Block = Attention | FeedForward,
}
