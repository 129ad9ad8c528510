namespace PeftLabs.Plotting;

/// <summary>A bar of <see cref="StackedBars"/>: the bytes of each category.</summary>
/// <param name="Group">What it stands for, such as a stage or a rung of the ladder. Bars of one group stand side by side.</param>
/// <param name="Bytes">The bytes of each category by its name.</param>
/// <param name="IsPrediction">Whether it was computed rather than measured; it is hatched.</param>
public sealed record MemoryBar(string Group, IReadOnlyDictionary<string, long> Bytes, bool IsPrediction = false)
{
    /// <summary>The sum over the categories.</summary>
    public long TotalBytes => Bytes.Values.Sum();

    /// <summary>A short text after the sum, in grey.</summary>
    public string? Note { get; init; }

    internal string Kind => IsPrediction ? "predicted" : "measured";
}
