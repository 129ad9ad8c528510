using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// SentencePiece's own normalizer: from left to right the longest rule of its character map, user-defined symbols left as they are, a
/// space before the text, white space cut down to single spaces between words where the model says so, and spaces written ▁.
/// </summary>
internal sealed class SentencePieceNormalizer : TextNormalizer
{
    private const char Space = '▁';

    private readonly CompiledCharacterMap? _map;
    private readonly PieceTrie? _symbols;
    private readonly bool _addDummyPrefix, _removeExtraWhitespaces;

    public SentencePieceNormalizer(
        CompiledCharacterMap? map, IReadOnlyList<string> symbols, bool addDummyPrefix, bool removeExtraWhitespaces)
    {
        (_map, _addDummyPrefix, _removeExtraWhitespaces) = (map, addDummyPrefix, removeExtraWhitespaces);
        _symbols = symbols.Count == 0 ? null : PieceTrie.Build(symbols.Select((symbol, i) => (Encoding.UTF8.GetBytes(symbol), i)));
    }

    public override TextPiece Normalize(TextPiece piece)
    {
        var text = piece.Span;
        var at = _removeExtraWhitespaces ? LeadingSpaces(text) : 0;
        if (at == text.Length)
            return piece.Slice(at, 0);
        var writer = new Writer(new(piece), _removeExtraWhitespaces, at);
        if (_addDummyPrefix && piece.AtTextStart)
            writer.Prepend();
        while (at < text.Length)
        {
            var (replacement, length) = Prefix(text[at..]);
            writer.Add(text, at, length, replacement);
            at += length;
        }
        return writer.Finish(text.Length);
    }

    private int LeadingSpaces(ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var (replacement, length) = Prefix(text[at..]);
            if (Written(text, at, length, replacement) is not " ")
                break;
            at += length;
        }
        return at;
    }

    private static ReadOnlySpan<char> Written(ReadOnlySpan<char> text, int at, int length, string? replacement) =>
        replacement is null ? text.Slice(at, length) : replacement;

    private static ReadOnlySpan<char> Escaped(ReadOnlySpan<char> text) =>
        text is " " ? "▁" : text.Contains(' ') ? text.ToString().Replace(' ', Space) : text;

    /// <summary>How many UTF-16 units come next, and what becomes of them: null leaves them.</summary>
    private (string? Replacement, int Length) Prefix(ReadOnlySpan<char> text)
    {
        if (_symbols is not null && SymbolLength(text) is var symbol and > 0)
            return (null, symbol);
        if (_map?.Longest(text) is (not null, _) rule)
            return rule;
        return (null, char.IsHighSurrogate(text[0]) ? 2 : 1);
    }

    private int SymbolLength(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[4];
        var (longest, at, node) = (0, 0, PieceTrie.Root);
        foreach (var rune in text.EnumerateRunes())
        {
            at += rune.Utf16SequenceLength;
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
                if ((node = _symbols!.Next(node, value)) == PieceTrie.None)
                    return longest;
            if (_symbols!.Number(node) >= 0)
                longest = at;
        }
        return longest;
    }

    /// <summary>Writes what was normalized, and copies what stays in stretches as long as possible.</summary>
    private ref struct Writer(AlignedTextBuilder builder, bool collapse, int start)
    {
        private readonly bool _collapse = collapse;
        private int _copied = start;
        private bool _afterSpace = collapse;

        public readonly void Prepend() => builder.Prepend("▁");

        public void Add(ReadOnlySpan<char> text, int at, int length, string? replacement)
        {
            var written = Written(text, at, length, replacement);
            var kept = _afterSpace ? written.TrimStart(' ') : written;
            if (replacement is not null || kept.Length < written.Length || kept.Contains(' '))
            {
                builder.Copy(_copied, at - _copied);
                builder.Replace(at, length, Escaped(kept));
                _copied = at + length;
            }
            if (!kept.IsEmpty)
                _afterSpace = _collapse && kept[^1] == ' ';
        }

        public readonly TextPiece Finish(int length)
        {
            builder.Copy(_copied, length - _copied);
            if (_collapse)
                builder.TrimEnd(Space);
            return builder.Build();
        }
    }
}
