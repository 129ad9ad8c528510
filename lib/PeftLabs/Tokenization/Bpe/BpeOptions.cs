namespace PeftLabs.Tokenization;

/// <summary>What a byte-pair encoding does beside merging.</summary>
internal sealed record BpeOptions
{
    /// <summary>The initial symbols are UTF-8 bytes, in the vocabulary as characters of <see cref="ByteAlphabet"/>.</summary>
    public bool ByteLevel { get; init; }

    /// <summary>A character that the vocabulary lacks becomes the tokens &lt;0x00&gt; to &lt;0xFF&gt; of its UTF-8 bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A word that is a token is that token, whether or not merges lead there.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>Unknown characters side by side are one unknown token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>The token of a character that nothing else stands for; without one, such a character is dropped.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Marks symbols inside a word, as ## does.</summary>
    public string ContinuingPrefix { get; init; } = "";

    /// <summary>Marks the last symbol of a word, as &lt;/w&gt; does.</summary>
    public string EndOfWordSuffix { get; init; } = "";
}
