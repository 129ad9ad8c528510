namespace PeftLabs.Tokenization;

/// <summary>Takes white space off the left, the right, or both.</summary>
internal sealed class StripNormalizer(bool left, bool right) : TextNormalizer
{
    public override TextPiece Normalize(TextPiece piece)
    {
        var text = piece.Span;
        var start = left ? text.Length - text.TrimStart().Length : 0;
        return piece.Slice(start, right ? text[start..].TrimEnd().Length : text.Length - start);
    }
}

/// <summary>Puts a string before a text that is not empty; with <paramref name="onlyAtTextStart"/> not after an added token.</summary>
internal sealed class PrependNormalizer(string prefix, bool onlyAtTextStart = false) : TextNormalizer
{
    public override TextPiece Normalize(TextPiece piece)
    {
        if (piece.Length == 0 || (onlyAtTextStart && !piece.AtTextStart))
            return piece;
        var builder = new AlignedTextBuilder(piece);
        builder.Prepend(prefix);
        builder.Copy(0, piece.Length);
        return builder.Build();
    }
}

/// <summary>Replaces every match of a pattern by a string.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : TextNormalizer
{
    public override TextPiece Normalize(TextPiece piece)
    {
        AlignedTextBuilder? builder = null;
        var copied = 0;
        for (var matches = pattern.Find(piece.Span); matches.MoveNext(); copied = matches.Start + matches.Length)
        {
            builder ??= new(piece);
            builder.Copy(copied, matches.Start - copied);
            builder.Replace(matches.Start, matches.Length, content);
        }
        builder?.Copy(copied, piece.Length - copied);
        return builder?.Build() ?? piece;
    }
}
