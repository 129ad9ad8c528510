using System.Runtime.InteropServices;

namespace PeftLabs.Training;

/// <summary>What .NET does not do with a folder.</summary>
internal static partial class FolderOnDisk
{
    /// <summary>
    /// Flushes a folder's names to disk (fsync), so that a file or folder that was renamed into it outlasts a power cut. Where the system
    /// has no such call, nothing happens.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return;
        var file = Open(folder, 0);
        if (file < 0)
            throw new IOException($"{folder} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        var failed = Sync(file) != 0 && Marshal.GetLastPInvokeError() != NotSupported;
        var reason = failed ? Marshal.GetLastPInvokeErrorMessage() : "";
        _ = Close(file);
        if (failed)
            throw new IOException($"{folder} cannot be flushed to disk: {reason}.");
    }

    // EINVAL: some file systems have no fsync of folders.
    private const int NotSupported = 22;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
