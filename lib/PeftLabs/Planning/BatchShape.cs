using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>The shape of a batch, as far as memory depends on it.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Tokens">Tokens of a sequence.</param>
/// <param name="LabelledTokens">Tokens that carry a label and have one before them.</param>
/// <param name="Layout">Where the documents lie; null where each row is one.</param>
public sealed record BatchShape(long Batch, long Tokens, long LabelledTokens, SequenceLayout? Layout = null)
{
    /// <summary>Tokens of the longest document.</summary>
    public long Longest => Layout?.LongestSpan ?? Tokens;

    /// <summary>
    /// Whether a batch of this shape needs at least what one of the other needs. Documents are taken to be covered by a longest one that is
    /// no shorter, which all ways of attention but torch's own bear out.
    /// </summary>
    public bool Covers(BatchShape other) => Batch >= other.Batch && Tokens >= other.Tokens && LabelledTokens >= other.LabelledTokens
        && Longest >= other.Longest && Layout?.HasPlainPositions == other.Layout?.HasPlainPositions;

    /// <summary>Of some shapes those that no other covers.</summary>
    public static IReadOnlyList<BatchShape> Largest(IEnumerable<BatchShape> shapes)
    {
        List<BatchShape> largest = [];
        foreach (var shape in shapes.Where(shape => !largest.Any(other => other.Covers(shape))))
        {
            largest.RemoveAll(shape.Covers);
            largest.Add(shape);
        }
        return largest;
    }
}
