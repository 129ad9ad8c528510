using System.Runtime.InteropServices;

namespace PeftLabs.Labs;

/// <summary>What a run ran on, as far as it bears on its figures; nothing in it names the machine or its user.</summary>
/// <param name="OperatingSystem">Its name and version, such as "Debian GNU/Linux 12 (bookworm)".</param>
/// <param name="Architecture">Of the process, such as "X64".</param>
/// <param name="Processor">The processor's name, or null where the system does not tell it.</param>
/// <param name="Cores">Logical processors that the process may use.</param>
/// <param name="MemoryBytes">Memory that the process may use: the machine's, or the limit of its container.</param>
/// <param name="Gpus">The names of NVIDIA GPUs, in the driver's order; empty without one.</param>
/// <param name="Blas">The library that computes libtorch's matrix products on the CPU: "OpenBLAS", "MKL", "BLIS", "ATLAS" or
/// "reference" (which is many times slower); null where none is recognised.</param>
public sealed record MachineInfo(
    string OperatingSystem,
    string Architecture,
    string? Processor,
    int Cores,
    long MemoryBytes,
    IReadOnlyList<string> Gpus,
    string? Blas)
{
    private static readonly Lazy<MachineInfo> Found = new(Find);

    /// <summary>This machine. The first use loads libtorch, to see its BLAS, and takes some milliseconds.</summary>
    public static MachineInfo Current => Found.Value;

    private static MachineInfo Find() => new(
        RuntimeInformation.OSDescription,
        RuntimeInformation.ProcessArchitecture.ToString(),
        MachineParts.Processor(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        MachineParts.Gpus(),
        BlasLibrary.Find());
}
