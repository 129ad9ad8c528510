namespace PeftLabs.Memory.Profiling;

/// <summary>How a <see cref="Profiler"/> counts time.</summary>
public sealed record ProfilerOptions
{
    /// <summary>
    /// Whether CUDA is waited for at both ends of every scope. Without that, seconds of work on a GPU are the host's: what it takes to
    /// enqueue kernels, and wherever the host happens to wait for them. With it they are the GPU's too, and the whole run is slower,
    /// because nothing overlaps. It changes nothing on CPUs.
    /// </summary>
    public bool Synchronize { get; init; }
}
