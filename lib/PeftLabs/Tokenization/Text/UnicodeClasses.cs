using System.Globalization;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>The character classes that tokenizer parts speak of, by code point.</summary>
internal static class UnicodeClasses
{
    /// <summary>N in any form: decimal digits, letters used as numbers, other numbers.</summary>
    public static bool IsNumeric(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    public static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>ASCII punctuation, which counts symbols such as $ and ^ too, or category P.</summary>
    public static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is >= '!' and <= '/' or >= ':' and <= '@' or >= '[' and <= '`' or >= '{' and <= '~'
        : Rune.IsPunctuation(rune);

    /// <summary>Unicode's word characters: alphabetic, marks, decimal digits, connectors, joiners (UTS #18, annex C).</summary>
    public static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || IsMark(rune) || rune.Value is 0x200C or 0x200D
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || rune.Value is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169)
            or (>= 0x1F170 and <= 0x1F189);

    /// <summary>The ideographs that BERT sets apart.</summary>
    public static bool IsIdeograph(Rune rune) => rune.Value is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>The text with every lone surrogate replaced by U+FFFD, unit for unit; the text itself where it has none.</summary>
    public static string Scrub(string text)
    {
        var first = FirstLoneSurrogate(text);
        if (first < 0)
            return text;
        return string.Create(text.Length, (text, first), static (units, state) =>
        {
            state.text.CopyTo(units);
            for (var i = state.first; i < units.Length; i++)
            {
                if (char.IsHighSurrogate(units[i]) && i + 1 < units.Length && char.IsLowSurrogate(units[i + 1]))
                    i++;
                else if (char.IsSurrogate(units[i]))
                    units[i] = '\uFFFD';
            }
        });
    }

    private static int FirstLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var i = 0; ; i += 2)
        {
            var next = text[i..].IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0)
                return -1;
            i += next;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return i;
        }
    }
}
