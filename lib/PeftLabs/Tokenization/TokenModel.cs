namespace PeftLabs.Tokenization;

/// <summary>The last part of a tokenizer: turns a piece that no token crosses into ids. Several threads may use one.</summary>
internal abstract class TokenModel
{
    /// <summary>Appends the ids of a piece; their offsets too where the buffer tracks them.</summary>
    /// <param name="piece">The piece; without lone surrogates.</param>
    /// <param name="output">What takes the ids.</param>
    /// <param name="scratch">Working memory, of one thread at a time.</param>
    public abstract void Encode(TextPiece piece, TokenBuffer output, ModelScratch scratch);
}

/// <summary>What a model works in while it encodes; it stays for the next text, so that a text costs no allocations.</summary>
internal sealed class ModelScratch
{
    private MergeScratch? _merges;
    private UnigramScratch? _unigram;

    public MergeScratch Merges => _merges ??= new();

    public UnigramScratch Unigram => _unigram ??= new();
}
