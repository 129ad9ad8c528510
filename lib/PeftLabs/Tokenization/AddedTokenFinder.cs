using System.Buffers;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>Cuts a piece at the added tokens in it: from left to right, of several at one place the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<(int Node, char Unit), int> _children = [];
    private readonly List<AddedToken?> _tokens = [null];
    private readonly SearchValues<char> _firstUnits;

    /// <param name="tokens">The tokens, each with the string to look for.</param>
    public AddedTokenFinder(IEnumerable<(string Content, AddedToken Token)> tokens)
    {
        HashSet<char> firstUnits = [];
        foreach (var (content, token) in tokens.Where(entry => entry.Content.Length > 0))
        {
            firstUnits.Add(content[0]);
            _tokens[Insert(content)] = token;
        }
        _firstUnits = SearchValues.Create([.. firstUnits]);
    }

    /// <summary>The piece's parts in order: a token's with the token, text's with null.</summary>
    public List<(TextPiece Piece, AddedToken? Token)> Cut(TextPiece piece)
    {
        List<(TextPiece, AddedToken?)> parts = [];
        var text = piece.Span;
        var covered = 0;
        for (var at = 0; at < text.Length && text[at..].IndexOfAny(_firstUnits) is var skipped and >= 0;)
        {
            at += skipped;
            var (token, length) = Longest(text[at..]);
            if (token is null || (token.SingleWord && TouchesWord(text, at, at + length)))
            {
                at += Math.Max(1, length);
                continue;
            }
            var start = token.StripLeft ? Math.Max(text[..at].TrimEnd().Length, covered) : Math.Max(at, covered);
            var end = at + length;
            at = end;
            if (token.StripRight)
                end = text.Length - text[end..].TrimStart().Length;
            if (start > covered)
                parts.Add((piece.Slice(covered, start - covered), null));
            parts.Add((piece.Slice(start, end - start), token));
            covered = end;
        }
        if (covered < text.Length)
            parts.Add((piece.Slice(covered, text.Length - covered), null));
        return parts;
    }

    private int Insert(string content)
    {
        var node = 0;
        foreach (var unit in content)
        {
            if (!_children.TryGetValue((node, unit), out var child))
            {
                child = _tokens.Count;
                _children[(node, unit)] = child;
                _tokens.Add(null);
            }
            node = child;
        }
        return node;
    }

    private (AddedToken? Token, int Length) Longest(ReadOnlySpan<char> text)
    {
        (AddedToken? Token, int Length) longest = default;
        var node = 0;
        for (var i = 0; i < text.Length && _children.TryGetValue((node, text[i]), out node); i++)
            if (_tokens[node] is { } token)
                longest = (token, i + 1);
        return longest;
    }

    private static bool TouchesWord(ReadOnlySpan<char> text, int start, int end) =>
        (Rune.DecodeLastFromUtf16(text[..start], out var before, out _) == OperationStatus.Done && UnicodeClasses.IsWord(before))
        || (Rune.DecodeFromUtf16(text[end..], out var after, out _) == OperationStatus.Done && UnicodeClasses.IsWord(after));
}
