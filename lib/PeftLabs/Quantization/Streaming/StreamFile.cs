using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PeftLabs.Formats;

namespace PeftLabs.Quantization.Streaming;

/// <summary>
/// A stream file, open for reading by position, not mapped: what is read lands in tensors alone, and the page cache stays the operating
/// system's. Every part is checked against its checksum each time it is read.
/// </summary>
internal sealed class StreamFile : IGroupSource
{
    private const int ChunkBytes = 4 << 20;

    private readonly SafeFileHandle _handle;
    private readonly string? _temporary;
    private readonly Dictionary<string, SafeTensorInfo> _places;
    private readonly Dictionary<string, uint> _checksums = [];
    private readonly Dictionary<string, float[]> _scalars = [];
    private readonly IReadOnlyList<SafeTensorInfo[]> _groups;

    private StreamFile(string path, StreamLayout layout, Dictionary<string, SafeTensorInfo> places, bool temporary)
    {
        (Path, _places) = (path, places);
        _groups = [.. layout.Groups.Select(group => group.SelectMany(m => m.Parts).Select(part => places[part.Name]).ToArray())];
        // Delete is shared so that a newer file may take the name while this one is still read.
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        _temporary = temporary ? path : null;
        try
        {
            // An open file without a name is gone with the process, however that ends.
            if (temporary && !OperatingSystem.IsWindows())
                File.Delete(path);
            ReadSmallParts(layout);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>Opens a file of that layout, which goes when it is closed if temporary; null where it has another layout.</summary>
    /// <exception cref="SafeTensorsException">It is broken, or no stream file at all.</exception>
    public static StreamFile? Open(string path, StreamLayout layout, bool temporary)
    {
        using var header = SafeTensorsFile.Open(path);
        if (!StreamLayout.IsStream(header))
            throw new SafeTensorsException("it holds no streamed blocks, and is left as it is; stream to another folder.", path);
        return layout.IsOf(header) ? new(path, layout, header.Tensors.ToDictionary(t => t.Name), temporary) : null;
    }

    public ReadOnlySpan<float> Scalars(StreamedMatrix matrix) => matrix.Format.Scalars == 0 ? [] : _scalars[matrix.Name];

    public void Read(int group, IReadOnlyList<NativeRange> parts, CancellationToken cancellation)
    {
        foreach (var (index, place) in _groups[group].Index())
            ReadPart(place, parts[index], cancellation);
    }

    public void Dispose()
    {
        _handle.Dispose();
        if (_temporary is not null)
            File.Delete(_temporary);
    }

    private void ReadSmallParts(StreamLayout layout)
    {
        var checksums = new long[layout.Order.Count];
        var place = _places[StreamLayout.Checksums];
        ReadBytes(place, 0, MemoryMarshal.AsBytes(checksums.AsSpan()));
        foreach (var (index, name) in layout.Order.Index())
            _checksums.Add(name, checksums[index] is >= 0 and <= uint.MaxValue ? (uint)checksums[index] : throw new SafeTensorsException(
                $"number {index} is {checksums[index]}; a checksum has 32 bits. The file is damaged: delete it, and it is written anew.",
                Path, place.Name, place.Offset + sizeof(long) * index));
        foreach (var matrix in layout.Groups.SelectMany(g => g).Where(m => m.Format.Scalars > 0))
        {
            var bytes = MemoryMarshal.AsBytes((_scalars[matrix.Name] = new float[matrix.Format.Scalars]).AsSpan());
            ReadBytes(_places[matrix.ScalarsName], 0, bytes);
            Check(_places[matrix.ScalarsName], Crc32C.Append(Crc32C.Start, bytes));
        }
    }

    private void ReadPart(SafeTensorInfo place, NativeRange part, CancellationToken cancellation)
    {
        var register = Crc32C.Start;
        for (var at = 0L; at < place.Bytes; at += ChunkBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            var chunk = part.Part(at, (int)Math.Min(ChunkBytes, place.Bytes - at));
            ReadBytes(place, at, chunk);
            register = Crc32C.Append(register, chunk);
        }
        Check(place, register);
    }

    private void ReadBytes(SafeTensorInfo place, long first, Span<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var at = place.Offset + first + done;
            var read = ReadSome(place, bytes[done..], at);
            if (read == 0)
                throw new SafeTensorsException($"the file ends here, {bytes.Length - done} bytes before what was to be read; "
                    + "it was cut off after it was opened.", Path, place.Name, at);
            done += read;
        }
    }

    private int ReadSome(SafeTensorInfo place, Span<byte> bytes, long at)
    {
        try
        {
            return RandomAccess.Read(_handle, bytes, at);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SafeTensorsException($"{bytes.Length} bytes cannot be read: {e.Message}", Path, place.Name, at, e);
        }
    }

    private void Check(SafeTensorInfo place, uint register)
    {
        var (found, right) = (Crc32C.Finish(register), _checksums[place.Name]);
        if (found != right)
            throw new SafeTensorsException($"the checksum of its {place.Bytes} bytes is {found:x8}; "
                + $"when they were written it was {right:x8}. The file is damaged: delete it, and it is written anew.", Path, place.Name, place.Offset);
    }
}
