namespace PeftLabs.Training;

/// <summary>How records become tokens.</summary>
public sealed record InstructionOptions
{
    private readonly int? _maxTokens;

    /// <summary>The shape that all records must have; null for that of the first.</summary>
    public InstructionShape? Shape { get; init; }

    /// <summary>
    /// Whether prompt, completion and text end with the token that ends a text, so that a model learns to stop. (A chat template ends the
    /// turns of a conversation itself.)
    /// </summary>
    public bool AppendEnd { get; init; } = true;

    /// <summary>The token that ends a text; null for the one that the tokenizer's files name.</summary>
    public int? EndId { get; init; }

    /// <summary>The most tokens that an example may have; null for any number. What is longer is refused, not cut.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? MaxTokens
    {
        get => _maxTokens;
        init => _maxTokens = value is null or >= 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxTokens), value, $"{nameof(MaxTokens)} is {value}; it must be a whole number above 0.");
    }
}
