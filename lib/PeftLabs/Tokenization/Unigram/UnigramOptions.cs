namespace PeftLabs.Tokenization;

/// <summary>How a piece comes into a segmentation.</summary>
/// <param name="Text">What it stands for.</param>
/// <param name="Score">The logarithm of its probability.</param>
/// <param name="IsUserDefined">It has to be a token wherever it stands: its score is then about 0.</param>
internal readonly record struct UnigramPiece(string Text, double Score, bool IsUserDefined = false);

/// <summary>What a unigram model does beside finding the best segmentation.</summary>
internal sealed record UnigramOptions
{
    /// <summary>The token of a character that no piece stands for.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Such a character becomes the tokens &lt;0x00&gt; to &lt;0xFF&gt; of its UTF-8 bytes instead.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>
    /// Scores add up in single precision, as SentencePiece does it; otherwise in double precision, as Hugging Face's tokenizers do. The
    /// two differ where two segmentations are about equally good.
    /// </summary>
    public bool SinglePrecision { get; init; }

    /// <summary>
    /// What unknown characters side by side make up may itself be a token, found by its text, as Hugging Face's tokenizers have it.
    /// </summary>
    public bool LooksUnknownUp { get; init; }
}
