namespace PeftLabs.Tokenization;

/// <summary>Takes pieces one at a time, in the text's order.</summary>
internal interface IPieceSink
{
    void Add(TextPiece piece);
}

/// <summary>
/// A pre-tokenizer of tokenizer.json: hands on the parts of a piece that no token may cross. Empty ones it may hand on too.
/// </summary>
internal abstract class PieceSplitter
{
    public abstract void Split(TextPiece piece, IPieceSink next);

    /// <summary>One sink that runs every piece through all splitters before <paramref name="last"/> gets it.</summary>
    public static IPieceSink Chain(IReadOnlyList<PieceSplitter> splitters, IPieceSink last)
    {
        for (var i = splitters.Count - 1; i >= 0; i--)
            last = new Link(splitters[i], last);
        return last;
    }

    private sealed class Link(PieceSplitter splitter, IPieceSink next) : IPieceSink
    {
        public void Add(TextPiece piece)
        {
            if (piece.Length > 0)
                splitter.Split(piece, next);
        }
    }
}
