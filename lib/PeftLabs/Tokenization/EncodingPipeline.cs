namespace PeftLabs.Tokenization;

/// <summary>
/// Text to ids: added tokens, normalizer, added tokens again, pre-tokenizers, model. Safe for use by several threads at once.
/// </summary>
internal sealed class EncodingPipeline
{
    private readonly TokenizerParts _parts;
    private readonly AddedTokenFinder _plain;
    private readonly AddedTokenFinder _normalized;
    private ModelScratch? _spare;

    public EncodingPipeline(TokenizerParts parts)
    {
        _parts = parts;
        _plain = new(parts.AddedTokens.Where(token => !token.IsNormalized).Select(token => (token.Content, token)));
        _normalized = new(parts.AddedTokens.Where(token => token.IsNormalized)
            .Select(token => (token.IsVerbatim ? token.Content : parts.Normalizer?.Normalize(token.Content) ?? token.Content, token)));
    }

    public void Encode(string text, bool normalize, bool split, TokenBuffer output)
    {
        var scratch = Interlocked.Exchange(ref _spare, null) ?? new();
        var sink = PieceSplitter.Chain(split ? _parts.Splitters : [], new ModelSink(_parts.Model, output, scratch));
        var whole = new TextPiece(new(UnicodeClasses.Scrub(text), 0, output.Tracked), 0, text.Length);
        foreach (var (piece, token) in _plain.Cut(whole))
        {
            if (token is not null)
                AddToken(piece, token, output);
            else
                EncodePlain(normalize && _parts.Normalizer is { } normalizer ? normalizer.Normalize(piece) : piece, sink, output);
        }
        _spare = scratch;
    }

    private void EncodePlain(TextPiece normalized, IPieceSink sink, TokenBuffer output)
    {
        foreach (var (piece, token) in _normalized.Cut(normalized))
        {
            if (token is not null)
                AddToken(piece, token, output);
            else
                sink.Add(piece);
        }
    }

    private static void AddToken(TextPiece piece, AddedToken token, TokenBuffer output) =>
        output.Add(token.Id, piece.Source.OriginalStart(piece.Start), piece.Source.OriginalEnd(piece.End));

    private sealed class ModelSink(TokenModel model, TokenBuffer output, ModelScratch scratch) : IPieceSink
    {
        public void Add(TextPiece piece) => model.Encode(piece, output, scratch);
    }
}
