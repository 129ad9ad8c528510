namespace PeftLabs.Models;

/// <summary>
/// Where the documents of a batch lie. Positions begin anew with each, and attention stays within each, so that documents packed into
/// one row give what each gives alone. Tokens of no document are padding: attention gives zeros there.
/// </summary>
public sealed class SequenceLayout
{
    /// <summary>A layout of <paramref name="batch"/> rows of <paramref name="tokens"/> tokens.</summary>
    /// <exception cref="ArgumentException">A document is empty, leaves its row, or lies on another.</exception>
    public SequenceLayout(long batch, long tokens, IEnumerable<SequenceSpan> spans)
    {
        (Batch, Tokens, Spans) = (batch, tokens, [.. spans.OrderBy(s => s.Row).ThenBy(s => s.Start)]);
        foreach (var span in Spans)
        {
            if (span.Row < 0 || span.Row >= batch || span.Start < 0 || span.Length < 1 || span.End > tokens)
                throw new ArgumentException($"{span} is not within {batch} rows of {tokens} tokens.", nameof(spans));
        }
        foreach (var (before, after) in Spans.Zip(Spans.Skip(1)))
        {
            if (before.Row == after.Row && before.End > after.Start)
                throw new ArgumentException($"{before} and {after} overlap.", nameof(spans));
        }
    }

    /// <summary>Rows.</summary>
    public long Batch { get; }

    /// <summary>Tokens of each row, padding among them.</summary>
    public long Tokens { get; }

    /// <summary>The documents, row by row and from left to right.</summary>
    public IReadOnlyList<SequenceSpan> Spans { get; }

    /// <summary>Tokens of the longest document; 0 where there is none.</summary>
    public long LongestSpan => Spans.Count == 0 ? 0 : Spans.Max(s => s.Length);

    /// <summary>Tokens that belong to no document.</summary>
    public long PaddingTokens => Batch * Tokens - Spans.Sum(s => s.Length);

    /// <summary>True where a token's position is its place in the row, as it is without packing.</summary>
    public bool HasPlainPositions => Spans.All(s => s.Start == 0);

    /// <summary>Every row one document.</summary>
    public static SequenceLayout Plain(long batch, long tokens) =>
        new(batch, tokens, Enumerable.Range(0, checked((int)batch)).Select(row => new SequenceSpan(row, 0, tokens)));

    /// <summary>The position of each token in its document, <c>[batch·tokens]</c>; 0 for padding.</summary>
    public long[] Positions()
    {
        var positions = new long[Batch * Tokens];
        foreach (var span in Spans)
        {
            for (var i = 0L; i < span.Length; i++)
                positions[span.Row * Tokens + span.Start + i] = i;
        }
        return positions;
    }
}
