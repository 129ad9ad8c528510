using PeftLabs.Memory.Profiling;
using TorchSharp;

namespace PeftLabs.Memory;

/// <summary>What a <see cref="MemoryMeter"/> measures and how much of it it keeps.</summary>
public sealed record MemoryMeterOptions
{
    /// <summary>The device whose bytes are counted; events of every other one are ignored. A device without an index stands for
    /// all of its type.</summary>
    public torch.Device Device { get; init; } = torch.CPU;

    /// <summary>The most points that the timeline keeps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 16, or more than a million.</exception>
    public int TimelineSamples
    {
        get;
        init => field = value is >= 16 and <= 1_000_000 ? value : throw new ArgumentOutOfRangeException(
            nameof(TimelineSamples), value, "TimelineSamples must be between 16 and 1000000.");
    } = 1000;

    /// <summary>Whether the finalizer thread is metered too, so that tensors which nobody disposed are counted as freed when the
    /// garbage collector finds them.</summary>
    public bool MeterFinalizer { get; init; } = true;

    /// <summary>Whether the operating system is asked to begin the peak of resident memory anew when the meter starts. Where it
    /// cannot (outside Linux), the peak is that of the process since it began.</summary>
    public bool ResetResidentPeak { get; init; } = true;

    /// <summary>Whether time and bytes are counted by scope too, and what was alive at a peak is traced to the code that made it.</summary>
    public bool Profile { get; init; } = true;

    /// <summary>Whether the profile waits for CUDA at both ends of every scope: see <see cref="ProfilerOptions.Synchronize"/>.</summary>
    public bool Synchronize { get; init; }
}
