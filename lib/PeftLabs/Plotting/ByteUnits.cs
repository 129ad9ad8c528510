using System.Globalization;

namespace PeftLabs.Plotting;

/// <summary>Bytes in the units of people: KiB, MiB and GiB, powers of 1024.</summary>
public static class ByteUnits
{
    private const double Mib = 1 << 20;

    /// <summary>Bytes as text with a unit and about four digits: <c>1.23 GiB</c>, <c>45.6 MiB</c>, <c>512 B</c>.</summary>
    public static string Format(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (value, unit) = ((double)bytes, 0);
        for (; Math.Abs(value) >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return $"{Digits(value, unit)} {units[unit]}";
    }

    private static string Digits(double value, int unit) =>
        value.ToString(unit == 0 || Math.Abs(value) >= 100 ? "0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>The unit for an axis that reaches up to some bytes: its name, the axis's words for it, and its bytes.</summary>
    internal static (string Name, string Words, double Bytes) ForAxis(long most) => most >= 8L << 30
        ? ("GiB", "GiB = 1024³ bytes", Mib * 1024)
        : most >= 1 << 20 ? ("MiB", "MiB = 1024² bytes", Mib) : ("KiB", "KiB = 1024 bytes", 1024);

    /// <summary>A number of units in a table.</summary>
    internal static string Table(double value) => value.ToString("N2", CultureInfo.InvariantCulture);
}
