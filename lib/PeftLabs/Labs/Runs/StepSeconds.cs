using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>What a step takes.</summary>
public static class StepSeconds
{
    /// <summary>The median seconds of some steps, the first, which also warms up, left out where there is another; 0 for no steps.</summary>
    public static double Median(IReadOnlyList<StepRecord> steps) =>
        steps.Count == 0 ? 0 : Labs.Median.Of(steps.Skip(Math.Min(1, steps.Count - 1)).Select(s => s.Seconds));
}
