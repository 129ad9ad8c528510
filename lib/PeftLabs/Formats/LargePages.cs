using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace PeftLabs.Formats;

/// <summary>
/// Memory in pages of two megabytes where the system has them (Linux, transparent_hugepage): a large tensor's memory then comes in
/// hundreds of pieces, not in tens of thousands, each of which costs the kernel a microsecond.
/// </summary>
internal static unsafe partial class LargePages
{
    private const int HugePage = 14; // MADV_HUGEPAGE
    private const long PageBytes = 2 << 20;

    /// <summary>The address of a contiguous tensor in host memory, which is asked for in large pages if it has as much as one.</summary>
    public static byte* Wanted(Tensor tensor, long bytes)
    {
        if (bytes == 0)
            return null;
        // Of a large tensor no span can be made, but of its first element.
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
        if (OperatingSystem.IsLinux() && bytes >= PageBytes)
        {
            // Only advice, and only for whole pages of the tensor's own.
            var begin = ((nint)start + Environment.SystemPageSize - 1) & -Environment.SystemPageSize;
            _ = Advise(begin, (nuint)((nint)(start + bytes) - begin) & ~(nuint)(Environment.SystemPageSize - 1), HugePage);
        }
        return start;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint bytes, int advice);
}
