namespace PeftLabs.Notebooks.Execution;

/// <summary>How a notebook is run.</summary>
public sealed record RunOptions
{
    private readonly TimeSpan? _cellTimeLimit;

    /// <summary>Values for variables that the cell tagged <c>parameters</c> declares, as text.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The file that gets the notebook with its outputs; the notebook's own by default. It is written after every cell.</summary>
    public string? OutputPath { get; init; }

    /// <summary>How long a cell may take; null is as long as it likes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not above zero.</exception>
    public TimeSpan? CellTimeLimit
    {
        get => _cellTimeLimit;
        init => _cellTimeLimit = value is null || value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(CellTimeLimit), value, "CellTimeLimit must be above zero, or null for none.");
    }

    /// <summary>How long a cell that is asked to stop may go on before it is given up.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Is told how the run goes on.</summary>
    public IRunObserver? Observer { get; init; }

    /// <summary>Adds forms to the outputs when all cells have run.</summary>
    public IOutputEnricher? Enricher { get; init; }
}
