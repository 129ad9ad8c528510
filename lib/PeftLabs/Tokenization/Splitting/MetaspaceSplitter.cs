namespace PeftLabs.Tokenization;

/// <summary>Where Metaspace puts its mark before a piece that does not begin with it.</summary>
internal enum PrependScheme
{
    /// <summary>Before every piece.</summary>
    Always,

    /// <summary>Before the first piece of the text alone.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}

/// <summary>
/// SentencePiece's view of words: spaces become a visible mark, and with <paramref name="split"/> each mark begins a piece.
/// </summary>
internal sealed class MetaspaceSplitter(char mark, PrependScheme scheme, bool split) : PieceSplitter
{
    private readonly ReplaceNormalizer _replace = new(TextPattern.Literal(" "), mark.ToString());
    private readonly PrependNormalizer _prepend = new(mark.ToString(), onlyAtTextStart: scheme == PrependScheme.First);
    private readonly PatternSplitter? _split = split ? new(TextPattern.Literal(mark.ToString()), SplitBehavior.MergedWithNext) : null;

    public override void Split(TextPiece piece, IPieceSink next)
    {
        piece = _replace.Normalize(piece);
        if (scheme != PrependScheme.Never && !piece.Span.StartsWith(mark))
            piece = _prepend.Normalize(piece);
        if (_split is null)
            next.Add(piece);
        else
            _split.Split(piece, next);
    }
}
