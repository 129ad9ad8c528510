namespace PeftLabs.Tokenization;

/// <summary>Reads Hugging Face's tokenizer.json into the parts of a tokenizer. What it does not know it refuses by name.</summary>
internal static class TokenizerJsonReader
{
    public static TokenizerParts Read(string file)
    {
        using var document = JsonPlace.Parse(file);
        var root = new JsonPlace(file, "$", document.RootElement);
        root.Knows("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        var (splitters, byteLevel) = SplitterReader.Read(root["pre_tokenizer"]);
        // Files of 2019 and 2020 leave the type out, and mean BPE.
        var isUnigram = root["model"]["type"].StringOr("BPE") == "Unigram";
        var vocabulary = isUnigram ? UnigramReader.Vocabulary(root["model"]) : BpeReader.Vocabulary(root["model"]);
        RefuseFixedPadding(root["padding"]);
        return new()
        {
            ModelVocabulary = vocabulary,
            AddedTokens = AddedTokens(root["added_tokens"], vocabulary),
            Normalizer = NormalizerReader.Read(root["normalizer"]),
            Splitters = splitters,
            Model = isUnigram ? Unigram(root, vocabulary, byteLevel) : BpeReader.Model(root["model"], vocabulary, byteLevel),
            Template = TemplateReader.Read(root["post_processor"]),
            Truncation = ReadTruncation(root["truncation"]),
            Decoder = DecoderReader.Read(root["decoder"]),
            UnkToken = isUnigram ? UnigramReader.UnknownToken(root["model"], vocabulary) : root["model"]["unk_token"].StringOrNull(),
        };
    }

    private static UnigramModel Unigram(JsonPlace root, Dictionary<string, int> vocabulary, bool byteLevel) => byteLevel
        ? throw root["pre_tokenizer"].Refuse("ByteLevel before a Unigram model is not supported") : UnigramReader.Model(root["model"], vocabulary);

    private static List<AddedToken> AddedTokens(JsonPlace place, Dictionary<string, int> vocabulary)
    {
        List<AddedToken> tokens = [];
        var contents = new Dictionary<int, string>();
        foreach (var (token, id) in vocabulary)
            contents[id] = token;
        foreach (var item in place.IsNull ? [] : place.Items())
        {
            item.Knows("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            var (id, content) = (item["id"].Int(), item["content"].String());
            if (contents.TryGetValue(id, out var other) && other != content)
                throw item["id"].Refuse($"the id {id} of {content} is that of {other} too");
            if (vocabulary.TryGetValue(content, out var modelId) && modelId != id)
                throw item["id"].Refuse($"{content} has the id {id} here and {modelId} in the model's vocabulary");
            contents[id] = content;
            var special = item["special"].BoolOr(false);
            tokens.Add(new(
                id, content, special, item["single_word"].BoolOr(false), item["lstrip"].BoolOr(false), item["rstrip"].BoolOr(false),
                item["normalized"].BoolOr(!special)));
        }
        return tokens;
    }

    private static Truncation? ReadTruncation(JsonPlace place)
    {
        if (place.IsNull)
            return null;
        place.Knows("direction", "max_length", "strategy", "stride");
        return new(place["max_length"].Int(), place["direction"].StringOr("Right") switch
        {
            "Right" => false,
            "Left" => true,
            var other => throw place["direction"].Refuse($"{other} where Left or Right belongs"),
        });
    }

    /// <summary>Padding to the longest of a batch does nothing to one text; a batch is padded where it is made.</summary>
    private static void RefuseFixedPadding(JsonPlace place)
    {
        if (place.IsNull)
            return;
        if (!place["strategy"].IsString || place["strategy"].String() != "BatchLongest")
            throw place["strategy"].Refuse("padding of every text to a fixed length is not supported");
        if (!place["pad_to_multiple_of"].IsNull)
            throw place["pad_to_multiple_of"].Refuse("padding of every text to a multiple is not supported");
    }
}
