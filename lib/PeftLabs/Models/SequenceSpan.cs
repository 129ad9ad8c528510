namespace PeftLabs.Models;

/// <summary>One document in a batch: tokens that see each other and nothing else.</summary>
/// <param name="Row">The row of the batch, from 0.</param>
/// <param name="Start">Its first token in the row, from 0.</param>
/// <param name="Length">Its tokens, at least 1.</param>
public readonly record struct SequenceSpan(long Row, long Start, long Length)
{
    /// <summary>The token after its last.</summary>
    public long End => Start + Length;
}
