using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace PeftLabs.Cli.Bench;

/// <summary>The system's cache of files' pages, out of which a file is taken so that reading it reads the disk.</summary>
[SupportedOSPlatform("linux")]
internal static partial class PageCache
{
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED

    /// <summary>Takes a file out of the cache.</summary>
    /// <exception cref="IOException">It stays there: its folder lies in memory, or something else maps it.</exception>
    public static void Evict(string path)
    {
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            // Only what is on the disk already leaves memory.
            RandomAccess.FlushToDisk(file);
            if (Advise(file, 0, 0, DontNeed) is not 0 and var error)
                throw new IOException($"{path} cannot be taken out of the page cache: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
        if (ResidentPart(path) is > 0.01 and var part)
            throw new IOException(FormattableString.Invariant($"{100 * part:0} % of {path} stay in memory, so that nothing can be said of the disk; ")
                + "name a folder on a disk with --folder.");
    }

    /// <summary>The part of a file's pages that is in memory.</summary>
    private static unsafe double ResidentPart(string path)
    {
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            var bytes = new FileInfo(path).Length;
            var pages = new byte[(bytes + Environment.SystemPageSize - 1) / Environment.SystemPageSize];
            fixed (byte* resident = pages)
                if (InCore(start, (nuint)bytes, resident) != 0)
                    throw new IOException($"mincore: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
            return pages.Count(page => (page & 1) != 0) / (double)pages.Length;
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long bytes, int advice);

    [LibraryImport("libc", EntryPoint = "mincore", SetLastError = true)]
    private static unsafe partial int InCore(byte* start, nuint bytes, byte* pages);
}
