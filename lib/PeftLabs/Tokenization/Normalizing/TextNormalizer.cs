using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// A normalizer of tokenizer.json: rewrites a piece of text, and keeps where in the text as given each character came from.
/// </summary>
internal abstract class TextNormalizer
{
    public abstract TextPiece Normalize(TextPiece piece);

    /// <summary>What becomes of a text of its own, such as the content of an added token.</summary>
    public string Normalize(string text)
    {
        var piece = Normalize(new TextPiece(new(text, 0, Tracked: false), 0, text.Length));
        return piece.Span.ToString();
    }
}

/// <summary>Normalizers one after another.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<TextNormalizer> parts) : TextNormalizer
{
    public override TextPiece Normalize(TextPiece piece)
    {
        foreach (var part in parts)
            piece = part.Normalize(piece);
        return piece;
    }
}

/// <summary>Rewrites each character by itself: into a string, or to nothing; null leaves it.</summary>
internal sealed class CharacterNormalizer(Func<Rune, string?> rewrite) : TextNormalizer
{
    /// <summary>Lower case as Unicode has it character by character, without context; only U+0130 becomes two.</summary>
    public static CharacterNormalizer Lowercase { get; } = new(rune =>
        rune.Value == 0x130 ? "i\u0307" : Rune.ToLowerInvariant(rune) is var lower && lower != rune ? lower.ToString() : null);

    /// <summary>Drops combining marks; letters that are one with theirs have to be decomposed first (NFD).</summary>
    public static CharacterNormalizer StripAccents { get; } = new(rune => UnicodeClasses.IsMark(rune) ? "" : null);

    public override TextPiece Normalize(TextPiece piece)
    {
        AlignedTextBuilder? builder = null;
        var (copied, at) = (0, 0);
        foreach (var rune in piece.Span.EnumerateRunes())
        {
            var length = rune.Utf16SequenceLength;
            if (rewrite(rune) is { } replacement)
            {
                builder ??= new(piece);
                builder.Copy(copied, at - copied);
                builder.Replace(at, length, replacement);
                copied = at + length;
            }
            at += length;
        }
        builder?.Copy(copied, at - copied);
        return builder?.Build() ?? piece;
    }
}
