namespace PeftLabs.Plotting;

/// <summary>A bar of <see cref="BarGrid"/>.</summary>
/// <param name="Row">Its row, 0 being at the top.</param>
/// <param name="Column">Its column, from 0.</param>
/// <param name="Bytes">The bytes of each category by its name.</param>
public sealed record BarGridCell(int Row, int Column, IReadOnlyDictionary<string, long> Bytes)
{
    /// <summary>The bytes that were predicted, drawn as a mark; null for none.</summary>
    public long? PredictedBytes { get; init; }

    /// <summary>The sum over the categories.</summary>
    public long TotalBytes => Bytes.Values.Sum();
}
