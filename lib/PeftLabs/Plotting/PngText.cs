using System.IO.Compression;
using System.Text;

namespace PeftLabs.Plotting;

/// <summary>
/// The texts that a PNG file carries beside its pixels: a keyword and a text each. They are written as iTXt chunks (UTF-8, not
/// compressed) and read from iTXt, tEXt and zTXt ones, since programs that save a picture anew may choose another kind.
/// </summary>
internal static class PngText
{
    /// <summary>The keyword of a picture's title, one of the standard's own.</summary>
    public const string Title = "Title";

    /// <summary>The keyword of the ids of the runs that a figure shows, apart by blanks.</summary>
    public const string Runs = "PeftLabs runs";

    /// <summary>The content of a chunk of type iTXt: keyword, no compression, no language, no translated keyword, text.</summary>
    public static byte[] Content(string keyword, string text) =>
        [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)];

    /// <summary>The texts of a file by keyword; of several with one keyword, the last.</summary>
    /// <exception cref="InvalidDataException">The file is not a PNG file, or a text in it is damaged.</exception>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlyMemory<byte> file)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (type, content) in PngChunks.Of(file))
        {
            if (type is not ("tEXt" or "zTXt" or "iTXt"))
                continue;
            var (keyword, rest) = Split(content);
            texts[keyword] = type switch
            {
                "tEXt" => Encoding.Latin1.GetString(rest.Span),
                "zTXt" => Encoding.Latin1.GetString(Inflated(AtLeast(rest, 1)[1..])),
                _ => International(rest),
            };
        }
        return texts;
    }

    private static string International(ReadOnlyMemory<byte> rest)
    {
        var isCompressed = AtLeast(rest, 2).Span[0] != 0;
        // The flag, the method, and two texts that end with a zero: language and translated keyword.
        var text = Split(Split(rest[2..]).After).After;
        return Encoding.UTF8.GetString(isCompressed ? Inflated(text) : text.ToArray());
    }

    private static (string Before, ReadOnlyMemory<byte> After) Split(ReadOnlyMemory<byte> bytes)
    {
        var zero = bytes.Span.IndexOf((byte)0);
        AtLeast(bytes, zero < 0 ? int.MaxValue : 0);
        return (Encoding.Latin1.GetString(bytes.Span[..zero]), bytes[(zero + 1)..]);
    }

    private static ReadOnlyMemory<byte> AtLeast(ReadOnlyMemory<byte> bytes, int length) => bytes.Length >= length
        ? bytes
        : throw new InvalidDataException("A text chunk of the PNG file ends too early.");

    private static byte[] Inflated(ReadOnlyMemory<byte> packed)
    {
        using var unpacked = new MemoryStream();
        using var zlib = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        zlib.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
