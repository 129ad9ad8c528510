using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;

namespace PeftLabs.Cli.Bench;

/// <summary>What steps cost, and where that went.</summary>
/// <param name="Measurement">Seconds and bytes.</param>
/// <param name="Memory">The meter's report, with the allocations alive at the peaks.</param>
/// <param name="Profile">Time and bytes by stage, block and operator.</param>
public sealed record StepProfile(StepMeasurement Measurement, MemoryReport Memory, RunProfile Profile)
{
    /// <summary>What the profile itself cost, where that was measured.</summary>
    public ProfileCost? Cost { get; init; }
}
