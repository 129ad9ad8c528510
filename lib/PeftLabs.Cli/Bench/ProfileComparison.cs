using System.Diagnostics;
using PeftLabs.Labs;
using PeftLabs.Memory;

namespace PeftLabs.Cli.Bench;

/// <summary>Switches the profile off and on again, step by step, and keeps each step's processor time.</summary>
internal sealed class ProfileComparison(MemoryMeter meter) : IDisposable
{
    private readonly List<double> _with = [], _without = [];
    private IDisposable? _pause;
    private TimeSpan? _before;

    /// <summary>What the steps so far tell; null before there are both kinds.</summary>
    public ProfileCost? Cost => _without.Count == 0 ? null : new(Median.Of(_with), Median.Of(_without), _without.Count);

    /// <summary>A step ended; the first is not counted.</summary>
    public void StepEnded()
    {
        var now = UserTime();
        if (_before is { } before)
        {
            (_pause is null ? _with : _without).Add((now - before).TotalSeconds);
            if (_pause is null)
                _pause = meter.PauseProfile();
            else
                Dispose();
        }
        _before = UserTime();
    }

    /// <summary>Switches the profile on.</summary>
    public void Dispose()
    {
        _pause?.Dispose();
        _pause = null;
    }

    private static TimeSpan UserTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.UserProcessorTime;
    }
}
