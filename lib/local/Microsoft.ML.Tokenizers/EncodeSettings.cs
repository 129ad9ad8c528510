namespace Microsoft.ML.Tokenizers;

/// <summary>What a caller asks of one encoding.</summary>
public struct EncodeSettings
{
    /// <summary>No normalization, no pre-tokenization, no limit.</summary>
    public EncodeSettings() => MaxTokenCount = int.MaxValue;

    /// <summary>Whether the text is normalized first.</summary>
    public bool ConsiderNormalization { get; set; }

    /// <summary>Whether the text is split into words first.</summary>
    public bool ConsiderPreTokenization { get; set; }

    /// <summary>The most tokens to return.</summary>
    public int MaxTokenCount { get; set; }
}
