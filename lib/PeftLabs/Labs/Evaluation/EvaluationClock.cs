using System.Diagnostics;

namespace PeftLabs.Labs;

/// <summary>Counts what is done, and tells it with the time since it began.</summary>
internal sealed class EvaluationClock(string what, long total, string unit, IProgress<EvaluationProgress>? progress)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _done;

    /// <summary>Says that so much more is done.</summary>
    public void Add(long count)
    {
        _done += count;
        progress?.Report(new(what, _done, total, unit, Stopwatch.GetElapsedTime(_start).TotalSeconds));
    }
}
