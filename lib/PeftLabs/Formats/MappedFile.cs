using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace PeftLabs.Formats;

/// <summary>A file mapped into memory for reading. Its pages are resident only once read, and until they are released.</summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    private const int DontNeed = 4; // MADV_DONTNEED

    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;

    public MappedFile(string path)
    {
        // Delete is shared so that a writer may replace the file by renaming while this one still reads the old.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        Length = stream.Length;
        if (Length == 0)
            return; // an empty file cannot be mapped
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, Length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        // The pointer holds a reference on the view, so that no finalizer unmaps it under a span that is still read.
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public long Length { get; }

    public ReadOnlySpan<byte> Span(long offset, int bytes)
    {
        ObjectDisposedException.ThrowIf(_start is null && Length > 0, this);
        if (offset < 0 || bytes < 0 || offset > Length - bytes)
            throw new ArgumentOutOfRangeException(
                nameof(offset), $"bytes {offset} to {offset + bytes} are not within the {Length} of the file.");
        return new(_start + offset, bytes);
    }

    /// <summary>Whole pages around the range leave resident memory; they stay readable, and come back from the file when read.</summary>
    public void Release(long offset, long bytes)
    {
        if (_start is not null)
            Release(_start + offset, bytes);
    }

    /// <summary>The same for a range of any mapped file; what was written stays written.</summary>
    public static void Release(byte* start, long bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes <= 0)
            return;
        var first = (nint)start & -Environment.SystemPageSize;
        // Only advice: where the kernel declines, the pages stay until it needs them.
        _ = Advise(first, (nuint)((nint)(start + bytes) - first), DontNeed);
    }

    public void Dispose()
    {
        if (_start is null)
            return;
        _start = null;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file!.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint bytes, int advice);
}
