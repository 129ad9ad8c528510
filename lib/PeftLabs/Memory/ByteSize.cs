using System.Globalization;

namespace PeftLabs.Memory;

/// <summary>Byte counts as text: written in units of 1024 (KiB, MiB, GiB, TiB), read in those and in units of 1000 (kB, MB, GB,
/// TB).</summary>
public static class ByteSize
{
    private static readonly string[] Binary = ["KiB", "MiB", "GiB", "TiB"];
    private static readonly string[] Decimal = ["kB", "MB", "GB", "TB"];

    /// <summary>Three significant digits in the largest unit that leaves at least 1: "1.23 GiB", "12.3 MiB", "512 KiB",
    /// "17 bytes".</summary>
    public static string Format(long bytes)
    {
        var size = Math.Abs((double)bytes);
        if (size < 1024)
            return bytes is 1 or -1 ? $"{bytes} byte" : $"{bytes} bytes";
        var unit = -1;
        // 1023.5 KiB would be written as 1024 KiB: it is 1.00 MiB.
        for (; size >= (unit < 0 ? 1024 : 1023.5) && unit < Binary.Length - 1; unit++)
            size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{(bytes < 0 ? "-" : "")}{Rounded(size)} {Binary[unit]}");
    }

    /// <summary>Reads "6GiB", "512 MiB", "1.5 GB" or a bare number of bytes; a fraction of a byte is dropped.</summary>
    /// <exception cref="FormatException">The text is no size: the message says what one looks like.</exception>
    public static long Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var end = trimmed.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        if (end > 0 && trimmed[end..] is ['.', ..])
            end++;
        var scale = Scale(trimmed[end..].Trim());
        if (scale == 0 || !decimal.TryParse(trimmed[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"'{text}' is not a size in bytes: "
                + "write a number and a unit, such as 6GiB, 512MiB, 1.5 GB or 17 bytes.");
        if (number > long.MaxValue / scale)
            throw new FormatException($"'{text}' is too large for a size in bytes: the most is {long.MaxValue} bytes.");
        return (long)(number * scale);
    }

    private static string Rounded(double size) =>
        size.ToString(size < 9.995 ? "0.00" : size < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static long Scale(string unit)
    {
        if (unit is "" or "B" or "byte" or "bytes")
            return 1;
        var binary = Array.FindIndex(Binary, u => u.Equals(unit, StringComparison.OrdinalIgnoreCase));
        if (binary >= 0)
            return 1L << (10 * (binary + 1));
        var power = Array.FindIndex(Decimal, u => u.Equals(unit, StringComparison.OrdinalIgnoreCase));
        return power < 0 ? 0 : (long)Math.Pow(1000, power + 1);
    }
}
