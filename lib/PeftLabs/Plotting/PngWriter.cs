using System.Buffers.Binary;
using System.IO.Compression;

namespace PeftLabs.Plotting;

/// <summary>
/// Writes PNG files of at most 256 colours. A chart has few colours beside the soft edges of its letters, so it looks the same, at a
/// quarter of the size that a browser gives it.
/// </summary>
internal static class PngWriter
{
    private const int MaxColors = 256;
    private static readonly uint[] _crcTable = [.. Enumerable.Range(0, 256).Select(CrcOfByte)];

    /// <summary>Makes a file of pixels given as 0xRRGGBB, row by row.</summary>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="colors">The pixels.</param>
    /// <param name="texts">What the file carries beside them, by keyword: <see cref="PngText"/>.</param>
    public static byte[] Write(int width, int height, int[] colors, IReadOnlyDictionary<string, string>? texts = null)
    {
        var palette = ChoosePalette(colors);
        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, 3);
        WriteChunk(file, "IHDR"u8, header);
        foreach (var (keyword, text) in texts ?? new Dictionary<string, string>())
            WriteChunk(file, "iTXt"u8, PngText.Content(keyword, text));
        WriteChunk(file, "PLTE"u8, [.. palette.SelectMany(color => new[] { (byte)(color >> 16), (byte)(color >> 8), (byte)color })]);
        WriteChunk(file, "IDAT"u8, Pack(width, height, colors, palette));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>
    /// Of colours that look alike (the same five upper bits a channel) the most frequent one, and of those the most frequent.
    /// </summary>
    private static int[] ChoosePalette(int[] colors) =>
    [
        .. colors.CountBy(color => color).GroupBy(item => item.Key & 0xF8F8F8)
            .OrderByDescending(group => group.Sum(item => item.Value)).ThenBy(group => group.Key).Take(MaxColors)
            .Select(group => group.MaxBy(item => item.Value).Key),
    ];

    private static byte[] Pack(int width, int height, int[] colors, int[] palette)
    {
        var indices = new Dictionary<int, byte>();
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            var row = new byte[1 + width];
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++) row[1 + x] = IndexOf(colors[y * width + x], palette, indices);
                zlib.Write(row);
            }
        }
        return packed.ToArray();
    }

    private static byte IndexOf(int color, int[] palette, Dictionary<int, byte> known)
    {
        if (known.TryGetValue(color, out var index)) return index;
        var nearest = Enumerable.Range(0, palette.Length).MinBy(i => Distance(color, palette[i]));
        return known[color] = (byte)nearest;
    }

    private static int Distance(int a, int b)
    {
        var (red, green, blue) = ((a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255));
        return red * red + green * green + blue * blue;
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), content));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) crc = _crcTable[(crc ^ value) & 255] ^ (crc >> 8);
        return crc;
    }

    private static uint CrcOfByte(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : 0xEDB88320 ^ (crc >> 1);
        return crc;
    }
}
