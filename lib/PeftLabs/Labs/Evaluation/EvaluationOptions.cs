namespace PeftLabs.Labs;

/// <summary>How much a model is asked, and how. Every value is checked when it is given.</summary>
public sealed record EvaluationOptions
{
    private readonly int _examples = 200, _batchSize = 32, _window = 1024, _tokensAtOnce = 4096;

    /// <summary>Examples of a task, and documents of a text, at most; at least 1.</summary>
    public int Examples
    {
        get => _examples;
        init => _examples = value >= 1 ? value : throw Wrong(nameof(Examples), value, 1);
    }

    /// <summary>The split of a task.</summary>
    public TaskSplit Split { get; init; } = TaskSplit.HeldOut;

    /// <summary>
    /// Which examples of the split, and which generated documents: 0, the default, gives those under data/tasks. What intervals are drawn
    /// from follows from it too.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>Answers that are generated at once, at most; each is what it is alone.</summary>
    public int BatchSize
    {
        get => _batchSize;
        init => _batchSize = value >= 1 ? value : throw Wrong(nameof(BatchSize), value, 1);
    }

    /// <summary>Tokens of a text that the model sees at once, at most, and never more than it has positions; at least 2.</summary>
    public int Window
    {
        get => _window;
        init => _window = value >= 2 ? value : throw Wrong(nameof(Window), value, 2);
    }

    /// <summary>Tokens that go through the model at once where losses are taken, padding among them; a text's own are the least.</summary>
    public int TokensAtOnce
    {
        get => _tokensAtOnce;
        init => _tokensAtOnce = value >= 1 ? value : throw Wrong(nameof(TokensAtOnce), value, 1);
    }

    private static ArgumentOutOfRangeException Wrong(string option, int value, int least) =>
        new(option, value, $"{option} is {value}; it must be {least} or above.");
}
