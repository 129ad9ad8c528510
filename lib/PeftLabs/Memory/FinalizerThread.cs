using System.Runtime.CompilerServices;

namespace PeftLabs.Memory;

/// <summary>Attaches the finalizer thread to the meter: it frees the tensors that nobody disposed.</summary>
internal static class FinalizerThread
{
    private static volatile bool s_attached;

    /// <summary>Has an object finalized whose finalizer attaches its thread. .NET keeps one finalizer thread, so once is enough.</summary>
    internal static void Attach()
    {
        for (var attempt = 0; !s_attached && attempt < 10; attempt++)
        {
            Drop();
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop() => _ = new Messenger();

    private sealed class Messenger
    {
        ~Messenger()
        {
            MemoryHook.AttachThread();
            s_attached = true;
        }
    }
}
