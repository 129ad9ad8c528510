using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>How batches are made.</summary>
public sealed record BatchOptions
{
    private readonly int _size = 4;
    private readonly int? _tokens;

    /// <summary>The way.</summary>
    public BatchKind Kind { get; init; }

    /// <summary>Examples of a padded or bucketed batch, rows of a packed one; a dynamic batch has as many as fit.</summary>
    public int Size
    {
        get => _size;
        init => _size = value >= 1 ? value : throw Wrong(nameof(Size), value);
    }

    /// <summary>
    /// Tokens of a packed row, or of a whole dynamic batch with its padding; both need it. For the other kinds the longest example that
    /// is let in, null being any.
    /// </summary>
    public int? Tokens
    {
        get => _tokens;
        init => _tokens = value is null or >= 1 ? value : throw Wrong(nameof(Tokens), value.Value);
    }

    /// <summary>Cuts an example that is longer than <see cref="Tokens"/> to its beginning; otherwise it is refused.</summary>
    public bool Truncate { get; init; }

    /// <summary>The seed of the order.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>The token that fills rows up.</summary>
    public int PadId { get; init; }

    /// <summary>Where the tensors are made; null for the CPU.</summary>
    public Device? Device { get; init; }

    /// <summary>Checks that the options fit together.</summary>
    /// <exception cref="ArgumentException">The kind needs <see cref="Tokens"/>, or truncation has no length to cut to.</exception>
    public void Validate()
    {
        if (Tokens is null && Kind is (BatchKind.Packed or BatchKind.Dynamic))
            throw new ArgumentException($"{Kind} batches need {nameof(Tokens)}: the tokens of a {(Kind == BatchKind.Packed ? "row" : "batch")}.");
        if (Tokens is null && Truncate)
            throw new ArgumentException($"{nameof(Truncate)} needs {nameof(Tokens)}: the length to cut to.");
    }

    private static ArgumentOutOfRangeException Wrong(string option, int value) =>
        new(option, value, $"{option} is {value}; it must be a whole number above 0.");
}
