namespace PeftLabs.Tokenization;

/// <summary>
/// Reads SentencePiece's tokenizer.model, of type BPE or unigram, into the same parts that a tokenizer.json has. As in Hugging Face's
/// tokenizers, control pieces in the text are taken for what they name.
/// </summary>
internal static class SentencePieceReader
{
    private const int Unigram = 1, Bpe = 2;

    private static readonly string[] _modelTypes = ["", "unigram", "BPE", "word", "char"];

    public static TokenizerParts Read(string file, TokenizerConfig config)
    {
        var model = SentencePieceModel.Read(file);
        RefuseOthers(model);
        var vocabulary = Vocabulary(model);
        return new()
        {
            ModelVocabulary = vocabulary,
            AddedTokens = [.. AddedTokens(model), .. config.AddedTokens.Where(token => token.Id >= model.Pieces.Count)],
            Normalizer = Normalizer(model),
            Model = model.ModelType == Unigram ? UnigramOf(model, vocabulary) : BpeOf(model, vocabulary),
            Decoder = DecoderReader.SentencePiece(model.AddDummyPrefix, model.RemoveExtraWhitespaces),
            BosToken = Token(model, model.BosId),
            EosToken = Token(model, model.EosId),
            PadToken = Token(model, model.PadId),
            UnkToken = Token(model, model.UnkId),
        };
    }

    private static void RefuseOthers(SentencePieceModel model)
    {
        if (model.ModelType is not (Unigram or Bpe))
            throw model.Refuse(
                "trainer_spec.model_type",
                $"the model type {_modelTypes.ElementAtOrDefault(model.ModelType) ?? "?"} is not supported; BPE and unigram are");
        if (!model.EscapeWhitespaces)
            throw model.Refuse("normalizer_spec.escape_whitespaces", "a model that keeps spaces as they are is not supported");
        if (model.TreatWhitespaceAsSuffix)
            throw model.Refuse("trainer_spec.treat_whitespace_as_suffix", "white space as a suffix is not supported");
        if (model.ModelType == Bpe && model.Pieces.FindIndex(piece => piece.Kind == PieceKind.Unused) is var unused and >= 0)
            throw model.Refuse($"pieces[{unused}].type", "an unused piece is not supported");
    }

    private static Dictionary<string, int> Vocabulary(SentencePieceModel model)
    {
        var vocabulary = new Dictionary<string, int>();
        for (var id = 0; id < model.Pieces.Count; id++)
            if (!vocabulary.TryAdd(model.Pieces[id].Text, id))
                throw model.Refuse($"pieces[{id}].piece", $"{model.Pieces[id].Text} is the piece {vocabulary[model.Pieces[id].Text]} too");
        return vocabulary;
    }

    /// <summary>A unigram model has its user-defined symbols among its pieces.</summary>
    private static IEnumerable<AddedToken> AddedTokens(SentencePieceModel model) => model.Pieces
        .Select((piece, id) => (piece, id))
        .Where(entry => entry.piece.Kind is PieceKind.Control or PieceKind.Unknown
            || (entry.piece.Kind == PieceKind.UserDefined && model.ModelType == Bpe))
        .Select(entry => entry.piece.Kind == PieceKind.UserDefined
            ? new AddedToken(entry.id, entry.piece.Text, IsSpecial: false, IsNormalized: true, IsVerbatim: true)
            : new AddedToken(entry.id, entry.piece.Text, IsSpecial: true));

    private static SentencePieceNormalizer Normalizer(SentencePieceModel model)
    {
        string[] symbols = [.. model.Pieces.Where(piece => piece.Kind == PieceKind.UserDefined).Select(piece => piece.Text)];
        return new(Map(model), symbols, model.AddDummyPrefix, model.RemoveExtraWhitespaces);
    }

    private static CompiledCharacterMap? Map(SentencePieceModel model)
    {
        try
        {
            return model.CharacterMap.Length == 0 ? null : new(model.CharacterMap);
        }
        catch (FormatException exception)
        {
            throw model.Refuse("normalizer_spec.precompiled_charsmap", exception.Message);
        }
    }

    private static UnigramModel UnigramOf(SentencePieceModel model, Dictionary<string, int> vocabulary)
    {
        (int Id, UnigramPiece Piece)[] pieces = [.. model.Pieces.Index()
            .Where(entry => entry.Item.Kind is PieceKind.Normal or PieceKind.UserDefined)
            .Select(entry => (entry.Index, new UnigramPiece(entry.Item.Text, entry.Item.Score, entry.Item.Kind == PieceKind.UserDefined)))];
        var least = pieces.Where(entry => !entry.Piece.IsUserDefined).Select(entry => entry.Piece.Score).DefaultIfEmpty().Min();
        return new(vocabulary, pieces, least, new()
        {
            UnknownId = InRange(model, model.UnkId),
            ByteFallback = model.ByteFallback,
            SinglePrecision = true,
        });
    }

    private static BpeModel BpeOf(SentencePieceModel model, Dictionary<string, int> vocabulary) =>
        new(vocabulary, Merges(model, vocabulary), new()
        {
            ByteFallback = model.ByteFallback,
            FuseUnknown = true,
            UnknownId = InRange(model, model.UnkId),
        });

    /// <summary>
    /// SentencePiece merges any two pieces side by side whose union is a piece, highest score first. So each way to halve a piece is a
    /// merge, and its rank is the place of the piece's score among all.
    /// </summary>
    private static List<(int Left, int Right, int Rank, int Id)> Merges(SentencePieceModel model, Dictionary<string, int> vocabulary)
    {
        var normal = model.Pieces.Select((piece, id) => (piece, id)).Where(entry => entry.piece.Kind == PieceKind.Normal).ToArray();
        var ranks = normal.Select(entry => entry.piece.Score).Distinct().OrderDescending()
            .Select((score, rank) => (score, rank)).ToDictionary(entry => entry.score, entry => entry.rank);
        List<(int, int, int, int)> merges = [];
        foreach (var (piece, id) in normal)
            for (var at = 1; at < piece.Text.Length; at++)
                if (IsNormal(piece.Text[..at], out var left) && IsNormal(piece.Text[at..], out var right))
                    merges.Add((left, right, ranks[piece.Score], id));
        return merges;

        bool IsNormal(string text, out int id) => vocabulary.TryGetValue(text, out id) && model.Pieces[id].Kind == PieceKind.Normal;
    }

    private static int? InRange(SentencePieceModel model, int id) => id >= 0 && id < model.Pieces.Count ? id : null;

    private static string? Token(SentencePieceModel model, int id) => InRange(model, id) is { } index ? model.Pieces[index].Text : null;
}
