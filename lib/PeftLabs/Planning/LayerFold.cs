namespace PeftLabs.Planning;

/// <summary>
/// Which of a model's layers a walk goes through. Where many layers, or groups of a few, are alike, three at the beginning and three at
/// the end of the run are enough: in between each changes what is alive by the same amount, so that the most is alive at an end of the
/// run, and the change of one, taken where the walk is among its likes, stands for those left out.
/// </summary>
internal static class LayerFold
{
    private const int Kept = 3, LongestPeriod = 8;

    /// <summary>A layer to go through, and what happens behind it.</summary>
    /// <param name="Index">The layer.</param>
    /// <param name="Place">Where in a run it ends a group.</param>
    /// <param name="Run">The run.</param>
    internal readonly record struct Step(int Index, FoldPlace Place = FoldPlace.None, FoldedRun? Run = null);

    /// <summary>The layers to go through, given a number for each that is the same for those that are alike.</summary>
    public static IReadOnlyList<Step> Of(IReadOnlyList<int> kinds)
    {
        List<Step> steps = [];
        for (var first = 0; first < kinds.Count;)
        {
            var (period, groups) = Longest(kinds, first);
            if (groups <= 2 * Kept)
            {
                steps.Add(new(first++));
                continue;
            }
            var run = new FoldedRun(groups - 2 * Kept);
            Add(steps, first, period, run, FoldPlace.Before, FoldPlace.At);
            Add(steps, first + (groups - Kept) * period, period, run, FoldPlace.None, FoldPlace.None, FoldPlace.Behind);
            first += groups * period;
        }
        return steps;
    }

    // Three groups; the places are those of the last two, or of the first.
    private static void Add(List<Step> steps, int first, int period, FoldedRun run, FoldPlace second, FoldPlace third, FoldPlace one = FoldPlace.None)
    {
        FoldPlace[] places = [one, second, third];
        for (var i = 0; i < Kept * period; i++)
            steps.Add((i + 1) % period == 0 ? new(first + i, places[i / period], run) : new(first + i));
    }

    // The period and the number of groups of the run that begins here and leaves out the most.
    private static (int Period, int Groups) Longest(IReadOnlyList<int> kinds, int first)
    {
        var (best, groups) = (1, 0);
        for (var period = 1; period <= LongestPeriod; period++)
        {
            var end = first + period;
            while (end < kinds.Count && kinds[end] == kinds[end - period])
                end++;
            var count = (end - first) / period;
            if ((count - 2 * Kept) * period > Math.Max(0, (groups - 2 * Kept) * best))
                (best, groups) = (period, count);
        }
        return (best, groups);
    }
}
