namespace Microsoft.ML.Tokenizers;

/// <summary>A token: its id, its string in the vocabulary, and where in the text it lies.</summary>
public readonly struct EncodedToken : IEquatable<EncodedToken>
{
    /// <summary>Makes a token from its parts.</summary>
    public EncodedToken(int id, string value, Range offset)
    {
        Id = id;
        Value = value;
        Offset = offset;
    }

    /// <summary>The token's id.</summary>
    public int Id { get; }

    /// <summary>The token's string in the vocabulary.</summary>
    public string Value { get; }

    /// <summary>The UTF-16 code units of the text that the token covers.</summary>
    public Range Offset { get; }

    /// <summary>Whether id, string and range are the same.</summary>
    public bool Equals(EncodedToken other) => Id == other.Id && Value == other.Value && Offset.Equals(other.Offset);
}
