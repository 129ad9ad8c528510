using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>Splits at the matches of a pattern; inverted, at what lies between them.</summary>
internal sealed class PatternSplitter(TextPattern pattern, SplitBehavior behavior, bool invert = false) : PieceSplitter
{
    /// <summary>GPT-2's words: contractions, then letters, digits or other signs, each with a space before it, then white space.</summary>
    public static PatternSplitter Gpt2Words { get; } = new(
        TextPattern.Oniguruma(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"), SplitBehavior.Isolated);

    public override void Split(TextPiece piece, IPieceSink next)
    {
        var collector = new SplitCollector(piece, behavior, invert, next);
        for (var matches = pattern.Find(piece.Span); matches.MoveNext();)
            collector.AddMatch(matches.Start, matches.Length);
        collector.Finish();
    }
}

/// <summary>Splits at characters of a class.</summary>
internal sealed class CharacterSplitter(Func<Rune, bool> isDelimiter, SplitBehavior behavior) : PieceSplitter
{
    public override void Split(TextPiece piece, IPieceSink next)
    {
        var collector = new SplitCollector(piece, behavior, invert: false, next);
        var at = 0;
        foreach (var rune in piece.Span.EnumerateRunes())
        {
            if (isDelimiter(rune))
                collector.AddMatch(at, rune.Utf16SequenceLength);
            at += rune.Utf16SequenceLength;
        }
        collector.Finish();
    }
}

/// <summary>Runs of word characters, and runs of what is neither word nor white space; white space is dropped.</summary>
internal sealed class WordSplitter : PieceSplitter
{
    public override void Split(TextPiece piece, IPieceSink next)
    {
        var (at, start, kind) = (0, 0, 0);
        foreach (var rune in piece.Span.EnumerateRunes())
        {
            var kindHere = UnicodeClasses.IsWord(rune) ? 1 : Rune.IsWhiteSpace(rune) ? 0 : 2;
            if (kindHere != kind)
            {
                if (kind > 0)
                    next.Add(piece.Slice(start, at - start));
                (start, kind) = (at, kindHere);
            }
            at += rune.Utf16SequenceLength;
        }
        if (kind > 0)
            next.Add(piece.Slice(start, at - start));
    }
}

/// <summary>Puts a space before a piece that does not begin with one.</summary>
internal sealed class PrefixSpaceSplitter : PieceSplitter
{
    private readonly PrependNormalizer _prepend = new(" ");

    public override void Split(TextPiece piece, IPieceSink next) =>
        next.Add(piece.Span.StartsWith(' ') ? piece : _prepend.Normalize(piece));
}
