using System.IO.MemoryMappedFiles;
using PeftLabs.Formats;

namespace PeftLabs.Training.Optimizers;

/// <summary>
/// A temporary file of zeros, mapped into memory, that goes with the process, however it ends. Its room on the disk is taken when it is
/// made, so that a full disk shows then, and not as a fault when a page is first written.
/// </summary>
internal sealed unsafe class PagedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    /// <exception cref="IOException">The disk has no room for it.</exception>
    public PagedFile(long bytes)
    {
        var path = Path.Combine(Path.GetTempPath(), $"peftlabs-optimizer-{Guid.NewGuid():N}");
        var stream = Make(path, bytes);
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.ReadWrite);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        // Where an open file can be deleted, it is gone now but for this mapping of it; elsewhere it goes when it is closed.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        Length = bytes;
    }

    public long Length { get; }

    public byte* Start => _start is null ? throw new ObjectDisposedException(nameof(PagedFile)) : _start;

    /// <summary>The pages of a range leave resident memory; what was written comes back when it is read.</summary>
    public void Release(long offset, long bytes) => MappedFile.Release(Start + offset, bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start is null)
            return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static FileStream Make(string path, long bytes)
    {
        try
        {
            var stream = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Delete,
                BufferSize = 0,
                PreallocationSize = bytes,
                Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
            });
            stream.SetLength(bytes);
            return stream;
        }
        catch (IOException e)
        {
            File.Delete(path);
            throw new IOException($"{path}: there is no room for {bytes} bytes of optimizer state: {e.Message}", e);
        }
    }
}
