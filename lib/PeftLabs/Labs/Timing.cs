using System.Diagnostics;

namespace PeftLabs.Labs;

/// <summary>Times what is short enough to be repeated.</summary>
internal static class Timing
{
    /// <summary>Median seconds of <paramref name="action"/>, after one run that does not count. It is repeated at least once and at
    /// most <paramref name="repeats"/> times, and no more once <paramref name="limitSeconds"/> have passed.</summary>
    internal static double Median(Action action, int repeats, double limitSeconds)
    {
        action();
        var all = Stopwatch.StartNew();
        var seconds = new List<double>();
        do
        {
            var start = Stopwatch.GetTimestamp();
            action();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (seconds.Count < repeats && all.Elapsed.TotalSeconds < limitSeconds);
        return Labs.Median.Of(seconds);
    }
}
