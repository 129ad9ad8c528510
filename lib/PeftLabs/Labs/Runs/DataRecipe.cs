using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>From what a run's data are made: with the same tokenizer the same recipe gives the same examples in the same order.</summary>
public sealed record DataRecipe
{
    private readonly int _tokens = 128;
    private readonly int? _examples = 64, _maxTokens;
    private readonly double _validationShare;

    /// <summary>What the examples are made of.</summary>
    public required DataKind Kind { get; init; }

    /// <summary>How many examples there are, at least 1; null for all that a file has.</summary>
    public int? Examples
    {
        get => _examples;
        init => _examples = value is null or >= 1 ? value : throw Wrong(nameof(Examples), value, "1 or above, or null for all of a file");
    }

    /// <summary>Tokens of an example of text, at least 2; pairs and records are as long as they are.</summary>
    public int Tokens
    {
        get => _tokens;
        init => _tokens = value >= 2 ? value : throw Wrong(nameof(Tokens), value, "2 or above");
    }

    /// <summary>The name of the task, for <see cref="DataKind.Task"/> and <see cref="DataKind.TaskText"/>.</summary>
    public string? Task { get; init; }

    /// <summary>The seed of the task's examples: 0 gives those under data/tasks, another one others of the same splits.</summary>
    public ulong TaskSeed { get; init; }

    /// <summary>The examples to train on, for <see cref="DataKind.File"/>.</summary>
    public DataFile? File { get; init; }

    /// <summary>A file of the examples to hold out; null where a share of <see cref="File"/> is, or none.</summary>
    public DataFile? Validation { get; init; }

    /// <summary>The share of <see cref="File"/>'s examples, drawn by the seed, that is held out; 0 up to, not including, 1.</summary>
    public double ValidationShare
    {
        get => _validationShare;
        init => _validationShare = value is >= 0 and < 1 ? value : throw Wrong(nameof(ValidationShare), value, "from 0 up to, not including, 1");
    }

    /// <summary>
    /// The chat template of conversations and instructions: <c>chatml</c>, <c>none</c>, or a file; null for the model's own where it has one.
    /// </summary>
    public string? Template { get; init; }

    /// <summary>The most tokens that a record of a file may have; a longer one is refused with its line. Null for any number.</summary>
    public int? MaxTokens
    {
        get => _maxTokens;
        init => _maxTokens = value is null or >= 1 ? value : throw Wrong(nameof(MaxTokens), value, "1 or above");
    }

    /// <summary>How they are arranged in batches; its seed is that of the examples too.</summary>
    public BatchOptions Batches { get; init; } = new();

    /// <summary>The seed of the examples and of their order.</summary>
    public ulong Seed => Batches.Seed;

    private static ArgumentOutOfRangeException Wrong(string option, object? value, string right) => new(option, value,
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{option} is {value}; it must be {right}."));
}
