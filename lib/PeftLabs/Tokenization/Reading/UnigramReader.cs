namespace PeftLabs.Tokenization;

/// <summary>Reads a unigram model of a tokenizer.json.</summary>
internal static class UnigramReader
{
    /// <summary>The tokens; their ids are their places in the list.</summary>
    public static Dictionary<string, int> Vocabulary(JsonPlace model)
    {
        model.Knows("unk_id", "vocab", "byte_fallback");
        var vocabulary = new Dictionary<string, int>();
        foreach (var entry in model["vocab"].Items())
        {
            var (token, _) = Entry(entry);
            if (!vocabulary.TryAdd(token, vocabulary.Count))
                throw entry.Refuse($"the token {token} stands at {vocabulary[token]} too");
        }
        return vocabulary.Count > 0 ? vocabulary : throw model["vocab"].Refuse("a vocabulary without tokens");
    }

    public static UnigramModel Model(JsonPlace model, Dictionary<string, int> vocabulary)
    {
        (int, UnigramPiece)[] pieces = [.. model["vocab"].Items().Select((entry, id) => (id, new UnigramPiece(Entry(entry).Token, Entry(entry).Score)))];
        return new(vocabulary, pieces, pieces.Min(entry => entry.Item2.Score), new()
        {
            UnknownId = UnknownId(model, vocabulary),
            ByteFallback = model["byte_fallback"].BoolOr(false),
            LooksUnknownUp = true,
        });
    }

    public static string? UnknownToken(JsonPlace model, Dictionary<string, int> vocabulary) =>
        UnknownId(model, vocabulary) is { } id ? vocabulary.First(entry => entry.Value == id).Key : null;

    private static int? UnknownId(JsonPlace model, Dictionary<string, int> vocabulary)
    {
        if (model["unk_id"].IsNull)
            return null;
        var id = model["unk_id"].Int();
        return id < vocabulary.Count ? id : throw model["unk_id"].Refuse($"{id} is no token: the vocabulary has {vocabulary.Count}");
    }

    private static (string Token, double Score) Entry(JsonPlace place)
    {
        if (place.Items().ToArray() is not [{ IsString: true } token, var score])
            throw place.Refuse("no pair of token and score");
        return (token.String(), score.Number());
    }
}
