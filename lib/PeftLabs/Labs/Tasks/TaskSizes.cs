namespace PeftLabs.Labs;

/// <summary>How many examples of each split a task's files hold.</summary>
public sealed record TaskSizes
{
    private readonly int _train = 4000, _validation = 500, _heldOut = 500;

    /// <summary>Examples to train on, at least 1.</summary>
    public int Train { get => _train; init => _train = Checked(nameof(Train), value); }

    /// <summary>Examples to choose options by, at least 1.</summary>
    public int Validation { get => _validation; init => _validation = Checked(nameof(Validation), value); }

    /// <summary>Examples to report figures of, at least 1.</summary>
    public int HeldOut { get => _heldOut; init => _heldOut = Checked(nameof(HeldOut), value); }

    /// <summary>The size of a split.</summary>
    public int Of(TaskSplit split) => split switch
    {
        TaskSplit.Train => Train,
        TaskSplit.Validation => Validation,
        _ => HeldOut,
    };

    private static int Checked(string name, int value) =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be 1 or above.");
}
