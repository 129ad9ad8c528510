namespace PeftLabs.Models;

/// <summary>How attention is computed; the result is the same within rounding.</summary>
public enum AttentionKind
{
    /// <summary>Scores of one sequence at a time, whole: O(tokens²) numbers of workspace.</summary>
    Plain,

    /// <summary>torch's scaled_dot_product_attention, which chooses a fused kernel where the libtorch at hand has one.</summary>
    Sdpa,

    /// <summary>Tiles of queries and keys with an online softmax, recomputed in backward (arXiv 2205.14135): O(tokens).</summary>
    Tiled,
}
