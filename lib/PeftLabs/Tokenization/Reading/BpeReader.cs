namespace PeftLabs.Tokenization;

/// <summary>Reads the model of a tokenizer.json, of type BPE.</summary>
internal static class BpeReader
{
    public static Dictionary<string, int> Vocabulary(JsonPlace model)
    {
        if (!model["type"].IsNull && model.Type != "BPE")
            throw model["type"].Refuse($"the model {model.Type} is not supported; BPE and Unigram are");
        model.Knows(
            "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges",
            "vocab", "merges");
        var vocabulary = new Dictionary<string, int>();
        var owners = new Dictionary<int, string>();
        foreach (var (token, place) in model["vocab"].Properties())
        {
            var id = place.Int();
            if (!vocabulary.TryAdd(token, id))
                throw place.Refuse("the token stands twice in the vocabulary");
            if (!owners.TryAdd(id, token))
                throw place.Refuse($"the id {id} is that of {owners[id]} too");
        }
        return vocabulary;
    }

    public static BpeModel Model(JsonPlace model, Dictionary<string, int> vocabulary, bool byteLevel)
    {
        RefuseDropout(model["dropout"]);
        var options = new BpeOptions
        {
            ByteLevel = byteLevel,
            ByteFallback = model["byte_fallback"].BoolOr(false),
            IgnoreMerges = model["ignore_merges"].BoolOr(false),
            FuseUnknown = model["fuse_unk"].BoolOr(false),
            UnknownId = model["unk_token"].IsNull ? null : IdOf(model["unk_token"], model["unk_token"].String(), vocabulary),
            ContinuingPrefix = model["continuing_subword_prefix"].StringOr(""),
            EndOfWordSuffix = model["end_of_word_suffix"].StringOr(""),
        };
        if (byteLevel && (options.ContinuingPrefix != "" || options.EndOfWordSuffix != ""))
            throw model.Refuse("continuing_subword_prefix or end_of_word_suffix together with ByteLevel is not supported");
        return new(vocabulary, Merges(model["merges"], vocabulary, options.ContinuingPrefix), options);
    }

    private static List<(int Left, int Right, int Rank, int Id)> Merges(
        JsonPlace place, Dictionary<string, int> vocabulary, string continuingPrefix)
    {
        List<(int, int, int, int)> merges = [];
        foreach (var item in place.Items())
        {
            var (left, right) = Pair(item);
            if (continuingPrefix != "" && !right.StartsWith(continuingPrefix, StringComparison.Ordinal))
                throw item.Refuse($"{right} does not begin with the prefix {continuingPrefix} of a word's inside");
            merges.Add((
                IdOf(item, left, vocabulary), IdOf(item, right, vocabulary), merges.Count,
                IdOf(item, left + right[continuingPrefix.Length..], vocabulary)));
        }
        return merges;
    }

    /// <summary>Two strings, or in older files one with a space between the two.</summary>
    private static (string Left, string Right) Pair(JsonPlace place)
    {
        var parts = place.IsString ? place.String().Split(' ') : [.. place.Items().Select(item => item.String())];
        return parts is [var left, var right] ? (left, right) : throw place.Refuse("no pair of tokens");
    }

    private static int IdOf(JsonPlace place, string token, Dictionary<string, int> vocabulary) =>
        vocabulary.TryGetValue(token, out var id) ? id : throw place.Refuse($"the token {token} is not in the vocabulary");

    private static void RefuseDropout(JsonPlace place)
    {
        if (!place.IsNull && !(place.Value.ValueKind == System.Text.Json.JsonValueKind.Number && place.Value.GetDouble() == 0))
            throw place.Refuse("dropout, with which the same text has other ids each time, is not supported");
    }
}
