namespace PeftLabs.Tokenization;

/// <summary>Everything that a tokenizer file says, built and ready to run.</summary>
internal sealed record TokenizerParts
{
    public required Dictionary<string, int> ModelVocabulary { get; init; }

    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    public required TokenModel Model { get; init; }

    public TextNormalizer? Normalizer { get; init; }

    public IReadOnlyList<PieceSplitter> Splitters { get; init; } = [];

    /// <summary>What the file puts around a text; null where it has no post-processor.</summary>
    public SpecialTokenTemplate? Template { get; init; }

    public Truncation? Truncation { get; init; }

    /// <summary>Builds the decoder in front of the stage that takes its text.</summary>
    public required DecoderFactory Decoder { get; init; }

    public string? BosToken { get; init; }

    public string? EosToken { get; init; }

    public string? PadToken { get; init; }

    public string? UnkToken { get; init; }
}

/// <summary>
/// Builds decoder stages in front of <paramref name="next"/>; <paramref name="eager"/> ones hand on text as early as they can.
/// </summary>
internal delegate DecoderStage DecoderFactory(DecoderStage next, bool eager);
