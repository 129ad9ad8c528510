namespace PeftLabs.Tokenization;

/// <summary>What a tokenizer_config.json says beside the tokenizer itself.</summary>
internal sealed record TokenizerConfig
{
    public const string FileName = "tokenizer_config.json";

    public string? BosToken { get; init; }

    public string? EosToken { get; init; }

    public string? PadToken { get; init; }

    public string? UnkToken { get; init; }

    public bool? AddBosToken { get; init; }

    public bool? AddEosToken { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    public static string FileIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>The file beside a tokenizer's; an empty one where there is none.</summary>
    public static TokenizerConfig Read(string folder)
    {
        var file = FileIn(folder);
        if (!File.Exists(file))
            return new();
        using var document = JsonPlace.Parse(file);
        var root = new JsonPlace(file, "$", document.RootElement);
        return new()
        {
            BosToken = Token(root["bos_token"]),
            EosToken = Token(root["eos_token"]),
            PadToken = Token(root["pad_token"]),
            UnkToken = Token(root["unk_token"]),
            AddBosToken = root["add_bos_token"].IsNull ? null : root["add_bos_token"].BoolOr(false),
            AddEosToken = root["add_eos_token"].IsNull ? null : root["add_eos_token"].BoolOr(false),
            AddedTokens = root["added_tokens_decoder"].IsNull ? [] : [.. root["added_tokens_decoder"].Properties().Select(Added)],
        };
    }

    private static string? Token(JsonPlace place) => place.IsObject ? place["content"].String() : place.StringOrNull();

    private static AddedToken Added((string Name, JsonPlace Value) entry)
    {
        var (name, place) = entry;
        if (!int.TryParse(name, out var id) || id is < 0 or >= 1 << 26)
            throw place.Refuse($"{name} where an id belongs");
        return new(
            id, place["content"].String(), place["special"].BoolOr(false), place["single_word"].BoolOr(false),
            place["lstrip"].BoolOr(false), place["rstrip"].BoolOr(false), place["normalized"].BoolOr(false));
    }
}
