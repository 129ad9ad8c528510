using System.Globalization;
using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>A stage as predicted beside what the meter counted: how far its peak is off, and where.</summary>
/// <param name="Predicted">The prediction.</param>
/// <param name="Measured">The measurement.</param>
public sealed record StageComparison(StagePrediction Predicted, StageMemory Measured)
{
    private const int MostNamed = 5;

    /// <summary>Bytes predicted at the peak beyond those measured.</summary>
    public long PeakDifference => Predicted.PeakBytes - Measured.PeakBytes;

    /// <summary>How far the predicted peak is off the measured one, as a share of it; infinite where only that is 0.</summary>
    public double Off => PeakDifference == 0 ? 0 : (double)PeakDifference / Measured.PeakBytes;

    /// <summary>Bytes predicted at the end beyond those measured.</summary>
    public long EndDifference => Predicted.EndBytes - Measured.EndBytes;

    /// <summary>The category that is furthest off at the peak.</summary>
    public MemoryCategory WorstCategory => Enum.GetValues<MemoryCategory>().MaxBy(c => Math.Abs(Difference(c)));

    /// <summary>The predicted terms of the category that is furthest off, the largest first; none where every category is right.</summary>
    public IReadOnlyList<MemoryTerm> Suspects =>
        Difference(WorstCategory) == 0 ? [] : [.. Predicted.Peak.Where(t => t.Category == WorstCategory).OrderByDescending(t => t.Bytes)];

    /// <summary>Each stage that was both predicted and measured.</summary>
    public static IReadOnlyList<StageComparison> Of(IEnumerable<StagePrediction> predicted, IEnumerable<StageMemory> measured) =>
        [.. predicted.Join(measured, p => p.Stage, m => m.Stage, (p, m) => new StageComparison(p, m))];

    /// <summary>Bytes predicted for a category at the peak beyond those measured.</summary>
    public long Difference(MemoryCategory category) =>
        Predicted.PeakCategories[category] - Measured.PeakCategories.GetValueOrDefault(category);

    /// <summary>
    /// What is off, as a line: the category that is furthest off, the terms predicted for it, and what was measured in it, as far as the
    /// measurement knows.
    /// </summary>
    public string Explanation
    {
        get
        {
            if (Difference(WorstCategory) == 0)
                return "every category is right";
            var terms = Suspects.Take(MostNamed).Select(t => $"{t.Name} {t.Bytes} = {t.Formula}").DefaultIfEmpty("none");
            var found = Measured.PeakAllocations.Where(a => a.Category == WorstCategory).Take(MostNamed).Select(a => $"{a.Where} {a.Bytes}");
            return string.Create(CultureInfo.InvariantCulture,
                $"{WorstCategory} {Difference(WorstCategory):+0;-0}: predicted {string.Join("; ", terms)}")
                + string.Concat(found.Select((line, i) => (i == 0 ? "; measured " : "; ") + line));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Off:+0.000%;-0.000%;0.000%} {Predicted.Stage}: {Predicted.PeakBytes} predicted, {Measured.PeakBytes} measured; {Explanation}");
}
