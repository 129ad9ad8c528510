using PeftLabs.Labs;

namespace PeftLabs.Cli.Doctor;

/// <summary>What lab doctor found on a machine. Its JSON carries the same names in snake_case.</summary>
public sealed record DoctorReport
{
    /// <summary>The kit's version.</summary>
    public required string Version { get; init; }

    /// <summary>The newest .NET SDK; null where only a runtime is there.</summary>
    public string? Sdk { get; init; }

    /// <summary>The .NET runtime that runs this, and its platform.</summary>
    public required string Runtime { get; init; }

    /// <summary>Where TorchSharp and Microsoft.ML.Tokenizers come from: local or nuget.</summary>
    public required string Provider { get; init; }

    /// <summary>Why ./lab chose that provider; null where it did not.</summary>
    public string? ProviderReason { get; init; }

    /// <summary>libtorch's version.</summary>
    public required string Libtorch { get; init; }

    /// <summary>The libtorch_cpu that is loaded.</summary>
    public string? LibtorchPath { get; init; }

    /// <summary>The system, processor, memory, GPUs and BLAS.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>The BLAS library's file; null where it is inside libtorch.</summary>
    public string? BlasPath { get; init; }

    /// <summary>Speed of a float32 matrix product on all threads, in 10⁹ floating-point operations a second.</summary>
    public required double MatmulGflops { get; init; }

    /// <summary>Speed of copying memory with all cores, in 10⁹ bytes a second, each read once and written once.</summary>
    public required double CopyGigabytesPerSecond { get; init; }

    /// <summary>Threads that libtorch computes with.</summary>
    public required int Threads { get; init; }

    /// <summary>Programs that wanted a core in the last minute, on average; null where the system does not tell.</summary>
    public double? Load { get; init; }

    /// <summary>Whether this libtorch can use a GPU.</summary>
    public required bool Cuda { get; init; }

    /// <summary>The plotly.js that draws figures.</summary>
    public string? Plotly { get; init; }

    /// <summary>The browser that turns figures into PNG pictures.</summary>
    public string? Chromium { get; init; }

    /// <summary>Node's version.</summary>
    public string? Node { get; init; }
}
