using System.Runtime.InteropServices;

namespace PeftLabs.Cli.Bench;

/// <summary>A file's bytes in memory that was new before: the least that any program does that holds what it reads.</summary>
internal sealed unsafe class RawCopy : IDisposable
{
    private const int Block = 1 << 20;

    private readonly byte* _start;

    /// <summary>Reads the file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public RawCopy(string path)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var bytes = RandomAccess.GetLength(file);
        _start = (byte*)NativeMemory.Alloc((nuint)bytes);
        for (long at = 0, read = 1; at < bytes && read > 0; at += read)
            read = RandomAccess.Read(file, new Span<byte>(_start + at, (int)Math.Min(Block, bytes - at)), at);
    }

    public void Dispose() => NativeMemory.Free(_start);
}
