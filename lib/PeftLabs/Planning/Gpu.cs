namespace PeftLabs.Planning;

/// <summary>A GPU as its maker describes it. Throughputs are published peaks, dense, of products that are summed in float32.</summary>
/// <param name="Name">Its name, for example <c>RTX 4090</c>.</param>
/// <param name="Also">Other names of it.</param>
/// <param name="MemoryBytes">All its memory as the driver reports it, where error correction is on by default with that on.</param>
/// <param name="HalfType">The 16-bit type of its tensor cores: bfloat16, or float16 before Ampere.</param>
/// <param name="HalfFlopsPerSecond">Floating-point operations a second in products of that type.</param>
/// <param name="Float32FlopsPerSecond">The same in float32.</param>
/// <param name="BytesPerSecond">Bytes read or written a second.</param>
public sealed record Gpu(string Name, IReadOnlyList<string> Also, long MemoryBytes, string HalfType, double HalfFlopsPerSecond,
    double Float32FlopsPerSecond, double BytesPerSecond)
{
    /// <summary>Bytes set aside for the CUDA context with the kernels it loads; 300 to 600 MiB are usual.</summary>
    public const long ContextBytes = 512L << 20;

    /// <summary>Bytes set aside for cuBLAS's workspace: PyTorch's is 32 MiB on Hopper and 8 MiB before it.</summary>
    public const long WorkspaceBytes = 32L << 20;

    /// <summary>The share of memory set aside for what the caching allocator rounds up to its segments of 2 and 20 MiB, and cannot fill.</summary>
    public const double RoundingShare = 0.03;

    /// <summary>Bytes a second to and from the host: what PCIe 4.0 with 16 lanes reaches of its 32 GB/s.</summary>
    public const double HostBytesPerSecond = 25e9;

    /// <summary>Bytes of <see cref="RoundingShare"/>.</summary>
    public long RoundingBytes => (long)(MemoryBytes * RoundingShare);

    /// <summary>What is left for tensors.</summary>
    public long Budget => MemoryBytes - ContextBytes - WorkspaceBytes - RoundingBytes;

    /// <summary>
    /// Its ceilings: 16-bit products, and copies, which read and write. A call is a kernel's launch, some 10 µs with libtorch's own part; memory
    /// comes from libtorch's cache.
    /// </summary>
    public MachineSpeed Speed => new(Name, HalfFlopsPerSecond, BytesPerSecond / 2)
    {
        FileBytesPerSecond = HostBytesPerSecond,
        CallSeconds = 10e-6,
        PageSeconds = 0,
    };
}
