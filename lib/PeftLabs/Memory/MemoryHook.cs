using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PeftLabs.Memory.Profiling;

namespace PeftLabs.Memory;

/// <summary>The listener that libtorch reports allocations to: a <c>c10::MemoryReportingInfoBase</c> made by hand, one for the process,
/// installed thread by thread in <c>c10::ThreadLocalDebugInfo</c>.</summary>
/// <remarks>The object is never freed, because threads and autograd graphs that once inherited it may call it at any time; with no
/// ledger set it answers that nobody listens.</remarks>
internal static unsafe class MemoryHook
{
    private const byte ProfilerState = 2;
    private const string ThreadLocalDebugInfo = "_ZN3c1020ThreadLocalDebugInfo";
    private const string SharedDebugInfo = "ENS_13DebugInfoKindESt10shared_ptrINS_13DebugInfoBaseEE";

    private static readonly Lock Installing = new();
    private static delegate* unmanaged<byte, nint> s_get;
    private static delegate* unmanaged<byte, nint*, void> s_push;
    private static delegate* unmanaged<nint*, byte, nint*> s_pop;
    private static nint s_listener;
    private static MemoryLedger? s_ledger;
    private static int s_deviceType, s_deviceIndex, s_busy;

    [ThreadStatic]
    private static bool t_installed;

    /// <summary>Finds libtorch's functions and makes the listener; later calls do nothing.</summary>
    /// <exception cref="PlatformNotSupportedException">This libtorch cannot be listened to.</exception>
    internal static void Prepare()
    {
        lock (Installing)
        {
            if (s_listener != 0)
                return;
            s_get = (delegate* unmanaged<byte, nint>)LoadedLibrary.Export(ThreadLocalDebugInfo + "3getENS_13DebugInfoKindE");
            s_push = (delegate* unmanaged<byte, nint*, void>)LoadedLibrary.Export(ThreadLocalDebugInfo + "5_push" + SharedDebugInfo);
            s_pop = (delegate* unmanaged<nint*, byte, nint*>)LoadedLibrary.Export(ThreadLocalDebugInfo + "4_popENS_13DebugInfoKindE");
            s_listener = MakeListener(LoadedLibrary.Export("_ZTIN3c1023MemoryReportingInfoBaseE"));
            // Static destructors of libtorch free tensors on this thread when the runtime is gone.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => DetachThread();
        }
    }

    /// <summary>Lets libtorch report this thread's allocations.</summary>
    /// <returns>Whether it did not before.</returns>
    internal static bool AttachThread()
    {
        if (t_installed)
            return false;
        // The shared_ptr goes by address: the object, and no control block, because nobody owns it.
        var shared = stackalloc nint[2] { s_listener, 0 };
        s_push(ProfilerState, shared);
        return t_installed = true;
    }

    /// <summary>Undoes <see cref="AttachThread"/>, unless another listener was put over ours meanwhile: taking that off would be an
    /// error that no managed code can catch.</summary>
    internal static void DetachThread()
    {
        if (!t_installed || s_get(ProfilerState) != s_listener)
            return;
        var popped = stackalloc nint[2];
        s_pop(popped, ProfilerState);
        t_installed = false;
    }

    /// <summary>Sends events of a device (index -1: any) to a ledger, or with none to nobody.</summary>
    internal static void Listen(MemoryLedger? ledger, int deviceType, int deviceIndex)
    {
        Acquire();
        (s_ledger, s_deviceType, s_deviceIndex) = (ledger, deviceType, deviceIndex);
        Release();
    }

    /// <summary>Enters the spin lock under which every ledger is used, until <see cref="Release"/>.</summary>
    internal static void Acquire()
    {
        var wait = new SpinWait();
        while (Interlocked.CompareExchange(ref s_busy, 1, 0) != 0)
            wait.SpinOnce();
    }

    internal static void Release() => Volatile.Write(ref s_busy, 0);

    /// <summary>An object whose first word points to its virtual functions. What follows in it is zero: a profiler that takes it for
    /// one of its own reads there that it is switched off. Before the functions lie the offset to the top, 0, and the type.</summary>
    private static nint MakeListener(nint typeInfo)
    {
        const int Functions = 32;
        var table = (nint*)NativeMemory.AllocZeroed(2 + Functions, (nuint)sizeof(nint));
        table[1] = typeInfo;
        for (var i = 0; i < Functions; i++)
            table[2 + i] = (nint)(delegate* unmanaged<nint, nint>)&Ignore;
        // 0 and 1 are the destructors and 3 is reportOutOfMemory.
        table[2 + 2] = (nint)(delegate* unmanaged<nint, nint, long, nuint, nuint, nuint, void>)&ReportMemoryUsage;
        table[2 + 4] = (nint)(delegate* unmanaged<nint, byte>)&MemoryProfilingEnabled;
        var listener = (nint*)NativeMemory.AllocZeroed(4096);
        *listener = (nint)(table + 2);
        return (nint)listener;
    }

    [UnmanagedCallersOnly]
    private static nint Ignore(nint self) => 0;

    [UnmanagedCallersOnly]
    private static byte MemoryProfilingEnabled(nint self) => Volatile.Read(ref s_ledger) is null ? (byte)0 : (byte)1;

    /// <summary>libtorch allocated (bytes above 0) or freed (below 0) a block. Of <paramref name="device"/>, a struct of two bytes,
    /// only these two are defined.</summary>
    [UnmanagedCallersOnly]
    private static void ReportMemoryUsage(nint self, nint address, long bytes, nuint allocated, nuint reserved, nuint device)
    {
        Acquire();
        try
        {
            if (s_ledger is { } ledger && IsMetered((sbyte)device, (sbyte)(device >> 8)))
                Record(ledger, address, bytes);
        }
        catch (Exception e)
        {
            // Nothing may be thrown into libtorch: whoever reads the figures is told.
            s_ledger!.Fault ??= e;
        }
        finally
        {
            Release();
        }
    }

    private static bool IsMetered(int type, int index) => type == s_deviceType && (s_deviceIndex < 0 || index == s_deviceIndex);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Record(MemoryLedger ledger, nint address, long bytes)
    {
        if (bytes < 0)
        {
            ledger.Freed(address);
            return;
        }
        var scope = ScopeTree.Running?.Here;
        ledger.Allocated(address, bytes, AmbientCategory.Current, scope?.Id ?? 0);
        if (scope is not null)
            scope.AllocatedBytes += bytes;
    }
}
