using System.Globalization;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>strftime, in English.</summary>
internal static class TemplateTime
{
    private const string Supported = "aAbBdeHIjmMpSyYfFTDZz%";

    public static string Format(DateTimeOffset time, string format)
    {
        var text = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                text.Append(format[at]);
                continue;
            }
            var plain = at + 1 < format.Length && format[at + 1] == '-';
            at += plain ? 2 : 1;
            var written = Directive(time, at < format.Length ? format[at] : ' ')
                ?? throw new TemplateFault($"strftime_now: '{format}' holds more than % before {string.Join(", ", Supported.ToCharArray())}");
            text.Append(plain && written.TrimStart('0', ' ') is { Length: > 0 } trimmed ? trimmed : written);
        }
        return text.ToString();
    }

    private static string? Directive(DateTimeOffset time, char letter)
    {
        string Written(string format) => time.ToString(format, CultureInfo.InvariantCulture);
        return letter switch
        {
            'a' => Written("ddd"),
            'A' => Written("dddd"),
            'b' => Written("MMM"),
            'B' => Written("MMMM"),
            'd' => Written("dd"),
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'H' => Written("HH"),
            'I' => Written("hh"),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'm' => Written("MM"),
            'M' => Written("mm"),
            'p' => Written("tt"),
            'S' => Written("ss"),
            'y' => Written("yy"),
            'Y' => Written("yyyy"),
            'f' => Written("ffffff"),
            'F' => Written("yyyy-MM-dd"),
            'T' => Written("HH:mm:ss"),
            'D' => Written("MM/dd/yy"),
            // A time without a zone, as transformers' is, has neither name nor offset.
            'Z' or 'z' => "",
            '%' => "%",
            _ => null,
        };
    }
}
