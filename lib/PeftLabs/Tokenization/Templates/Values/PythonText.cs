using System.Globalization;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>Text as Python sees and writes it, for the templates are written for Python.</summary>
internal static class PythonText
{
    /// <summary>What str.strip takes off.</summary>
    public static bool IsSpace(char unit) => char.IsWhiteSpace(unit) || unit is >= '\x1c' and <= '\x1f';

    /// <summary>Whether it is nothing but white space, and some.</summary>
    public static bool IsSpace(ReadOnlySpan<char> text)
    {
        foreach (var unit in text)
            if (!IsSpace(unit))
                return false;
        return text.Length > 0;
    }

    /// <summary>The length without white space at the end.</summary>
    public static int TrimmedLength(ReadOnlySpan<char> text)
    {
        var length = text.Length;
        while (length > 0 && IsSpace(text[length - 1]))
            length--;
        return length;
    }

    /// <summary>str.strip, lstrip and rstrip: white space, or any of some characters.</summary>
    public static string Strip(string text, string? characters, bool start, bool end)
    {
        var (from, to) = (0, text.Length);
        while (start && from < to && Goes(text[from]))
            from++;
        while (end && to > from && Goes(text[to - 1]))
            to--;
        return text[from..to];

        bool Goes(char unit) => characters?.Contains(unit) ?? IsSpace(unit);
    }

    /// <summary>The characters, one by one: Python counts those beyond U+FFFF as one.</summary>
    public static List<object?> Characters(string text)
    {
        List<object?> characters = new(text.Length);
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
            characters.Add(text.Substring(at, length));
        }
        return characters;
    }

    /// <summary>How many characters Python counts.</summary>
    public static long Length(string text)
    {
        var length = text.Length;
        for (var i = 1; i < text.Length; i++)
            if (char.IsSurrogatePair(text[i - 1], text[i]))
                length--;
        return length;
    }

    /// <summary>str.splitlines, without the ends of the lines.</summary>
    public static string[] Lines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines[^1] == "" ? lines[..^1] : lines;
    }

    /// <summary>str.title: a letter after something else becomes large, one after a letter small.</summary>
    public static string Title(string text) => string.Create(text.Length, text, static (units, source) =>
    {
        for (var i = 0; i < units.Length; i++)
            units[i] = i > 0 && char.IsLetter(source[i - 1]) ? char.ToLowerInvariant(source[i]) : char.ToUpperInvariant(source[i]);
    });

    public static string Capitalize(string text) => text == "" ? "" : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>repr of a string: in single quotes unless it holds some and no double ones.</summary>
    public static string Quote(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            var isSpecial = rune.Value is '\\' or '\n' or '\r' or '\t' || rune.Value == quote;
            if (isSpecial)
                quoted.Append('\\').Append(rune.Value switch { '\n' => 'n', '\r' => 'r', '\t' => 't', var other => (char)other });
            else if (rune.Value < 0x20 || rune.Value is >= 0x7F and < 0xA0 or 0xAD)
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
            else
                quoted.Append(rune);
        }
        return quoted.Append(quote).ToString();
    }

    /// <summary>repr of a float: the shortest text that reads back, with a point or an exponent.</summary>
    public static string Float(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        return Formats.PythonJson.Float(value).ToJsonString();
    }
}
