using System.Globalization;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>Python's % on strings, of it %s, %r, %d, %f and %%, with width, precision, and a minus or a zero before them.</summary>
internal static class PrintfFormat
{
    private const int MostDigits = 4;

    public static string Apply(string format, IReadOnlyList<object?> values)
    {
        var (text, used) = (new StringBuilder(), 0);
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                text.Append(format[at]);
                continue;
            }
            var start = at++;
            var flags = Run(format, ref at, c => c is '-' or '0');
            var width = Count(format, ref at);
            int? precision = at < format.Length && format[at] == '.' && ++at > 0 ? Count(format, ref at) : null;
            if (at < format.Length && format[at] == '%' && at == start + 1)
            {
                text.Append('%');
                continue;
            }
            if (used == values.Count)
                throw new TemplateFault($"the format '{format}' asks for more than the {values.Count} values that it was given");
            var written = Write(format, at, values[used++], precision);
            var padding = Math.Max(0, width - written.Length);
            text.Append(flags.Contains('-') ? written.PadRight(written.Length + padding)
                : written.PadLeft(written.Length + padding, flags.Contains('0') ? '0' : ' '));
        }
        return used == values.Count ? text.ToString()
            : throw new TemplateFault($"the format '{format}' asks for {used} values and was given {values.Count}");
    }

    private static string Run(string format, ref int at, Func<char, bool> belongs)
    {
        var start = at;
        while (at < format.Length && belongs(format[at]))
            at++;
        return format[start..at];
    }

    /// <summary>A width or a precision; 0 where no digits are.</summary>
    private static int Count(string format, ref int at)
    {
        var digits = Run(format, ref at, char.IsAsciiDigit);
        return digits.Length <= MostDigits ? int.Parse("0" + digits, CultureInfo.InvariantCulture)
            : throw new TemplateFault($"{digits} in the format '{format}' has more than {MostDigits} digits");
    }

    private static string Write(string format, int at, object? value, int? precision)
    {
        var letter = at < format.Length ? format[at] : '?';
        switch (letter)
        {
            case 's' or 'r':
                var text = letter == 's' ? TemplateValue.Text(value) : TemplateValue.Shown(value);
                return precision is { } most ? text[..Math.Min(text.Length, most)] : text;
            case 'd' or 'i':
                var whole = value is double number ? (long)number : TemplateValue.Whole(value);
                return whole.ToString(CultureInfo.InvariantCulture);
            case 'f':
                return TemplateValue.Real(value).ToString($"F{precision ?? 6}", CultureInfo.InvariantCulture);
            default:
                throw new TemplateFault($"'%{letter}' in the format '{format}' is not supported: %s, %r, %d, %f and %% are");
        }
    }
}
