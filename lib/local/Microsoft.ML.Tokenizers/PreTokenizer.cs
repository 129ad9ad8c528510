namespace Microsoft.ML.Tokenizers;

/// <summary>Splits a text into the pieces that no token crosses.</summary>
public abstract class PreTokenizer
{
    /// <summary>The pieces, each as its start and length in UTF-16 code units.</summary>
    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(string text);

    /// <summary>The pieces, each as its start and length in UTF-16 code units.</summary>
    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text);
}
