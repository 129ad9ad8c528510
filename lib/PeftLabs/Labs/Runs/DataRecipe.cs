using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>From what a run's data are made: with the same tokenizer the same recipe gives the same examples in the same order.</summary>
public sealed record DataRecipe
{
    private readonly int _examples = 64, _tokens = 128;

    /// <summary>What the examples are made of.</summary>
    public required DataKind Kind { get; init; }

    /// <summary>How many examples there are, at least 1.</summary>
    public int Examples
    {
        get => _examples;
        init => _examples = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Examples), value, $"Examples is {value}; it must be 1 or above.");
    }

    /// <summary>Tokens of an example, at least 2; text-to-SQL pairs are as long as they are.</summary>
    public int Tokens
    {
        get => _tokens;
        init => _tokens = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(Tokens), value, $"Tokens is {value}; it must be 2 or above.");
    }

    /// <summary>How they are arranged in batches; its seed is that of the examples too.</summary>
    public BatchOptions Batches { get; init; } = new();

    /// <summary>The seed of the examples and of their order.</summary>
    public ulong Seed => Batches.Seed;
}
