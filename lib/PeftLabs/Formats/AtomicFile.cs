using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PeftLabs.Formats;

/// <summary>
/// A file that appears whole or not at all: it is written under a temporary name in the same folder, flushed to disk and renamed by
/// <see cref="Commit()"/>, over an older file if there is one. Disposed without that, it leaves nothing behind.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _temporary;
    private bool _committed;

    /// <summary>
    /// Starts the file with <paramref name="start"/>, and reserves room for <paramref name="expectedBytes"/> on disk where the system can.
    /// </summary>
    /// <exception cref="IOException">The folder is missing or cannot be written, or the disk lacks the room.</exception>
    public AtomicFile(string path, ReadOnlySpan<byte> start = default, long expectedBytes = 0)
    {
        Path = System.IO.Path.GetFullPath(path);
        var folder = System.IO.Path.GetDirectoryName(Path)
            ?? throw new ArgumentException($"'{path}' names no file.", nameof(path));
        _temporary = System.IO.Path.Combine(folder, $".{System.IO.Path.GetFileName(Path)}.{System.IO.Path.GetRandomFileName()}.tmp");
        Handle = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, expectedBytes);
        try
        {
            RandomAccess.Write(Handle, start, 0);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the file will be.</summary>
    public string Path { get; }

    /// <summary>The temporary file, open for <see cref="RandomAccess"/> writes.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte order mark, atomically.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes <paramref name="bytes"/>, atomically.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteBytes(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new AtomicFile(path, bytes);
        file.Commit();
    }

    /// <summary>Flushes to disk and gives the file its name.</summary>
    /// <exception cref="IOException">The disk is full, or the name is taken by something that cannot be replaced.</exception>
    public void Commit() => Commit(durable: true);

    /// <summary>The same; a file that is not durable need not outlive a power cut, and the disk is not waited for.</summary>
    internal void Commit(bool durable)
    {
        if (durable)
            RandomAccess.FlushToDisk(Handle);
        Handle.Dispose();
        File.Move(_temporary, Path, overwrite: true);
        _committed = true;
    }

    /// <summary>Closes the file, and removes it unless it was committed.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        if (!_committed)
            File.Delete(_temporary);
    }
}
