using System.Runtime.InteropServices;

namespace PeftLabs.Cli.Bench;

/// <summary>Memory that was freed and that the allocator kept: to be given again it costs nothing, as new memory does.</summary>
public static unsafe class FreeMemory
{
    // int malloc_trim(size_t pad), which glibc has and other libraries lack.
    private static readonly delegate* unmanaged<nuint, int> s_trim = Find();

    /// <summary>Gives it back to the system, so that what follows begins as in a new process, where that can be done.</summary>
    public static void GiveBack()
    {
        if (s_trim is not null)
            s_trim(0);
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library)
            && NativeLibrary.TryGetExport(library, "malloc_trim", out var trim) ? (delegate* unmanaged<nuint, int>)trim : null;
}
