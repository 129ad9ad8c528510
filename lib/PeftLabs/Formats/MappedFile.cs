using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PeftLabs.Formats;

/// <summary>
/// A file for reading: mapped into memory, where its pages are resident only once read, and until they are released; or copied from, when
/// the system reads ahead of the reader, as it does not of a map.
/// </summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    private const int DontNeed = 4; // MADV_DONTNEED

    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;

    public MappedFile(string path)
    {
        _path = path;
        // Delete is shared so that a writer may replace the file by renaming while this one still reads the old.
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.SequentialScan);
        Length = RandomAccess.GetLength(_handle);
        if (Length == 0)
            return; // an empty file cannot be mapped
        _file = MemoryMappedFile.CreateFromFile(_handle, null, Length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        // The pointer holds a reference on the view, so that no finalizer unmaps it under a span that is still read.
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public long Length { get; }

    public ReadOnlySpan<byte> Span(long offset, int bytes)
    {
        ObjectDisposedException.ThrowIf(_start is null && Length > 0, this);
        CheckRange(offset, bytes);
        return new(_start + offset, bytes);
    }

    /// <summary>Copies the bytes from <paramref name="offset"/> on, past the map; several threads may.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination.Length);
        while (destination.Length > 0)
        {
            var read = RandomAccess.Read(_handle, destination, offset);
            if (read == 0)
                throw new EndOfStreamException($"{_path} ends at byte {offset}; it had {Length} bytes when it was opened. Is something writing it anew?");
            offset += read;
            destination = destination[read..];
        }
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
        _handle.Dispose();
        if (_start is null)
            return;
        _start = null;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file!.Dispose();
    }

    private void CheckRange(long offset, int bytes)
    {
        if (offset < 0 || bytes < 0 || offset > Length - bytes)
            throw new ArgumentOutOfRangeException(
                nameof(offset), $"bytes {offset} to {offset + bytes} are not within the {Length} of the file.");
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint bytes, int advice);
}
