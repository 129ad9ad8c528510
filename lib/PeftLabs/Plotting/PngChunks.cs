using System.Buffers.Binary;
using System.Text;

namespace PeftLabs.Plotting;

/// <summary>The chunks of a PNG file (ISO/IEC 15948): after the signature each is a length, a type of four letters, content and a
/// checksum.</summary>
internal static class PngChunks
{
    /// <summary>What every PNG file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>The chunks in their order; checksums are not verified.</summary>
    /// <exception cref="InvalidDataException">The file is no PNG file, or ends within a chunk.</exception>
    public static IEnumerable<(string Type, ReadOnlyMemory<byte> Content)> Of(ReadOnlyMemory<byte> file)
    {
        if (!file.Span.StartsWith(Signature))
            throw new InvalidDataException("It does not begin as a PNG file does.");
        for (var at = Signature.Length; at < file.Length;)
        {
            var length = file.Length - at >= 12 ? BinaryPrimitives.ReadInt32BigEndian(file.Span[at..]) : -1;
            if (length < 0 || length > file.Length - at - 12)
                throw new InvalidDataException($"The PNG chunk at byte {at} ends after the file's {file.Length} bytes.");
            yield return (Encoding.Latin1.GetString(file.Span.Slice(at + 4, 4)), file.Slice(at + 8, length));
            at += 12 + length;
        }
    }
}
