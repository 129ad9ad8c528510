using PeftLabs.Models;

namespace PeftLabs.Planning.Advice;

/// <summary>What advice is asked for.</summary>
/// <param name="Config">The model.</param>
/// <param name="BudgetBytes">The bytes that tensors may take.</param>
/// <param name="Speed">The machine, whose predicted seconds are the cost.</param>
public sealed record AdviceRequest(ModelConfig Config, long BudgetBytes, MachineSpeed Speed)
{
    private readonly long _budgetBytes = Positive(BudgetBytes), _batch = 8, _tokens = 1024;
    private readonly int _rank = 16;

    /// <summary>The bytes that tensors may take, above 0.</summary>
    public long BudgetBytes
    {
        get => _budgetBytes;
        init => _budgetBytes = Positive(value);
    }

    /// <summary>The share of the budget that is kept back, for predictions are not exact.</summary>
    public const double Margin = 0.03;

    /// <summary>The bytes that a plan's peak may have: the budget less its <see cref="Margin"/>.</summary>
    public long LimitBytes => BudgetBytes - (long)(BudgetBytes * Margin);

    /// <summary>Sequences a step, at least 1.</summary>
    public long Batch
    {
        get => _batch;
        init => _batch = value is >= 1 and <= 1 << 20 ? value : throw Wrong(nameof(Batch), value, $"from 1 to {1 << 20}");
    }

    /// <summary>Tokens a sequence, at least 2.</summary>
    public long Tokens
    {
        get => _tokens;
        init => _tokens = value is >= 2 and <= 1 << 24 ? value : throw Wrong(nameof(Tokens), value, $"from 2 to {1 << 24}");
    }

    /// <summary>The adapters' rank, at least 1.</summary>
    public int Rank
    {
        get => _rank;
        init => _rank = value is >= 1 and <= 1 << 16 ? value : throw Wrong(nameof(Rank), value, $"from 1 to {1 << 16}");
    }

    /// <summary>The method; null to leave the choice among the adapters.</summary>
    public TuningMethod? Method { get; init; }

    private static long Positive(long bytes) => bytes > 0 ? bytes : throw Wrong(nameof(BudgetBytes), bytes, "above 0");

    private static ArgumentOutOfRangeException Wrong(string option, object value, string right) =>
        new(option, value, $"{option} is {value}; it must be {right}.");
}
