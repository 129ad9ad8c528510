using System.Globalization;
using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>Numbers as reports write them, the same in every place.</summary>
internal static class ReportNumber
{
    /// <summary>Bytes in full: 39,113,576.</summary>
    public static string Bytes(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Bytes with their sign, three digits and a unit: +1.20 MiB, −17 bytes.</summary>
    public static string Change(long bytes) => bytes == 0 ? "0" : (bytes > 0 ? "+" : "−") + ByteSize.Format(Math.Abs(bytes));

    /// <summary>By how many percent a value is off another, with its sign: +0.28 %; a dash where the other is 0.</summary>
    public static string Percent(double value, double other) => other == 0 || !double.IsFinite(value / other)
        ? "–"
        : Invariant($"{100 * (value - other) / other:+0.00;−0.00;0.00} %");

    /// <summary>Seconds with three significant digits.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 0.0995 => Invariant($"{1000 * seconds:0.0} ms"),
        < 9.995 => Invariant($"{seconds:0.00} s"),
        < 120 => Invariant($"{seconds:0.0} s"),
        < 7200 => Invariant($"{seconds / 60:0.0} min"),
        _ => Invariant($"{seconds / 3600:0.0} h"),
    };

    /// <summary>A loss: 2.3026.</summary>
    public static string Loss(double loss) => Invariant($"{loss:0.0000}");

    /// <summary>A number with four significant digits, or all of its whole ones: 7.093, 12,345.</summary>
    public static string Figure(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 0.1 => Invariant($"{value:G4}"),
        < 9.9995 => Invariant($"{value:0.000}"),
        < 99.995 => Invariant($"{value:0.00}"),
        < 999.95 => Invariant($"{value:0.0}"),
        _ => Invariant($"{value:N0}"),
    };

    /// <summary>The same with its sign.</summary>
    public static string SignedFigure(double value) => value == 0 ? "0" : (value > 0 ? "+" : "−") + Figure(Math.Abs(value));

    /// <summary>A time: 2026-03-01 14:15:30 UTC.</summary>
    public static string Time(DateTimeOffset time) => Invariant($"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    /// <summary>Text with numbers that reads the same everywhere.</summary>
    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>So many of a thing: 1 step, 2 steps.</summary>
    public static string Count(long count, string thing) => Invariant($"{count:N0} {thing}{(count == 1 ? "" : "s")}");
}
