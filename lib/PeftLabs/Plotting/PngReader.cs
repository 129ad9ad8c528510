using System.Buffers.Binary;
using System.IO.Compression;

namespace PeftLabs.Plotting;

/// <summary>Reads the PNG files that a browser makes: eight bits a channel, RGB or RGBA, not interlaced (ISO/IEC 15948).</summary>
internal static class PngReader
{
    /// <summary>The pixels' colours as 0xRRGGBB, row by row. What shows through is white.</summary>
    /// <exception cref="InvalidDataException">The file is not such a PNG file.</exception>
    public static (int Width, int Height, int[] Colors) Read(ReadOnlyMemory<byte> file)
    {
        var (width, height, channels) = (0, 0, 0);
        using var packed = new MemoryStream();
        foreach (var (type, content) in PngChunks.Of(file))
        {
            if (type == "IHDR") (width, height, channels) = ReadHeader(content.Span);
            if (type == "IDAT") packed.Write(content.Span);
        }
        packed.Position = 0;
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        return (width, height, ReadRows(unpacked, width, height, channels));
    }

    private static (int, int, int) ReadHeader(ReadOnlySpan<byte> header)
    {
        var channels = header[9] switch { 2 => 3, 6 => 4, _ => 0 };
        if (channels == 0 || header[8] != 8 || header[12] != 0)
            throw new InvalidDataException(
                $"A PNG of {header[8]} bits, colour type {header[9]}, interlace {header[12]}; read are 8 bits, 2 or 6, 0.");
        return (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header[4..]), channels);
    }

    private static int[] ReadRows(Stream pixels, int width, int height, int channels)
    {
        var colors = new int[width * height];
        var (row, above) = (new byte[width * channels], new byte[width * channels]);
        for (var y = 0; y < height; y++)
        {
            var filter = pixels.ReadByte();
            pixels.ReadExactly(row);
            Unfilter(filter, row, above, channels);
            for (var x = 0; x < width; x++) colors[y * width + x] = OnWhite(row.AsSpan(x * channels, channels));
            (row, above) = (above, row);
        }
        return colors;
    }

    private static void Unfilter(int filter, byte[] row, byte[] above, int step)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var (left, corner) = i < step ? (0, 0) : (row[i - step], above[i - step]);
            row[i] += (byte)(filter switch
            {
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                _ => 0,
            });
        }
    }

    /// <summary>Of the three neighbours, the one nearest to left + above − corner.</summary>
    private static int Paeth(int left, int above, int corner)
    {
        var (toLeft, toAbove, toCorner) = (Math.Abs(above - corner), Math.Abs(left - corner), Math.Abs(left + above - 2 * corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }

    private static int OnWhite(ReadOnlySpan<byte> pixel)
    {
        var alpha = pixel.Length == 4 ? pixel[3] : 255;
        var color = 0;
        foreach (var channel in pixel[..3]) color = (color << 8) | ((channel * alpha + 255 * (255 - alpha)) / 255);
        return color;
    }
}
