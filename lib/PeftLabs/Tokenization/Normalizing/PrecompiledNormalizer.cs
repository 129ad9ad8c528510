using System.Globalization;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// Precompiled of tokenizer.json: SentencePiece's character map as Hugging Face's tokenizers apply it, which is not as SentencePiece
/// does. A grapheme of up to five bytes becomes what the first rule says that matches its beginning, all of it; of a longer grapheme, or
/// one without a rule, each character by itself.
/// </summary>
internal sealed class PrecompiledNormalizer(CompiledCharacterMap map) : TextNormalizer
{
    private const int LongestGrapheme = 5;

    private readonly bool[] _isPlain = [.. Enumerable.Range(0, 128).Select(c => map.Shortest([(char)c]).Replacement is null)];

    public override TextPiece Normalize(TextPiece piece)
    {
        var text = piece.Span;
        var builder = new AlignedTextBuilder(piece);
        var copied = 0;
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = IsPlain(text, at) ? 1 : StringInfo.GetNextTextElementLength(text[at..]);
            if (length == 1 && text[at] < 128 && _isPlain[text[at]])
                continue;
            var grapheme = text.Slice(at, length);
            if (Encoding.UTF8.GetByteCount(grapheme) <= LongestGrapheme && map.Shortest(grapheme).Replacement is { } whole)
                Replace(builder, at, length, whole, ref copied);
            else
                NormalizeCharacters(grapheme, at, builder, ref copied);
        }
        if (!builder.Changed)
            return piece;
        builder.Copy(copied, text.Length - copied);
        return builder.Build();
    }

    private void NormalizeCharacters(ReadOnlySpan<char> grapheme, int at, AlignedTextBuilder builder, ref int copied)
    {
        foreach (var rune in grapheme.EnumerateRunes())
        {
            var length = rune.Utf16SequenceLength;
            if (map.Shortest(grapheme[..length]).Replacement is { } replacement)
                Replace(builder, at, length, replacement, ref copied);
            at += length;
            grapheme = grapheme[length..];
        }
    }

    private static void Replace(AlignedTextBuilder builder, int at, int length, string replacement, ref int copied)
    {
        builder.Copy(copied, at - copied);
        builder.Replace(at, length, replacement);
        copied = at + length;
    }

    /// <summary>An ASCII character before another is a grapheme, but for a carriage return; most texts are little else.</summary>
    private bool IsPlain(ReadOnlySpan<char> text, int at) =>
        text[at] < 128 && text[at] != '\r' && _isPlain[text[at]] && (at + 1 == text.Length || text[at + 1] < 128);
}
