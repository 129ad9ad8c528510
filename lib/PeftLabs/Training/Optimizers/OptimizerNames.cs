namespace PeftLabs.Training.Optimizers;

/// <summary>The names of optimizers on the command line.</summary>
public static class OptimizerNames
{
    private static readonly (OptimizerKind Kind, string Name)[] s_names =
    [
        (OptimizerKind.AdamW, "adamw"), (OptimizerKind.AdamW8Bit, "adamw8bit"), (OptimizerKind.PagedAdamW, "paged-adamw"),
        (OptimizerKind.PagedAdamW8Bit, "paged-adamw8bit"), (OptimizerKind.Adafactor, "adafactor"), (OptimizerKind.Lion, "lion"),
        (OptimizerKind.Sgd, "sgd"), (OptimizerKind.GaLore, "galore"),
    ];

    /// <summary>All names, with commas between them.</summary>
    public static string Choices { get; } = string.Join(", ", s_names.Select(n => n.Name));

    /// <summary>The kind that a name means.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static OptimizerKind Parse(string name)
    {
        var found = Array.FindIndex(s_names, n => n.Name == name);
        return found >= 0 ? s_names[found].Kind : throw new FormatException($"There is no optimizer '{name}'; there are {Choices}.");
    }

    /// <summary>The name of a kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no kind.</exception>
    public static string Name(OptimizerKind kind)
    {
        var found = Array.FindIndex(s_names, n => n.Kind == kind);
        return found >= 0 ? s_names[found].Name
            : throw new ArgumentOutOfRangeException(nameof(kind), kind, $"{kind} is no optimizer; there are {Choices}.");
    }
}
