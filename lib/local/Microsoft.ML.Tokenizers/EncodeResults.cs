namespace Microsoft.ML.Tokenizers;

/// <summary>What one encoding gave.</summary>
/// <typeparam name="T">Ids, or tokens with their strings and ranges.</typeparam>
public struct EncodeResults<T>
{
    /// <summary>The tokens, in the text's order.</summary>
    public IReadOnlyList<T> Tokens { get; set; }

    /// <summary>The text after normalization where ranges refer to that; null where they refer to the text as given.</summary>
    public string? NormalizedText { get; set; }

    /// <summary>How many UTF-16 code units of the text the tokens cover.</summary>
    public int CharsConsumed { get; set; }
}
