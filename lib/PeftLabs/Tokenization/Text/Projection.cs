using System.Globalization;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// A text with every character beyond U+FFFF replaced by one BMP character of the same Unicode category. An expression that asks only
/// for categories, white space and characters it names cannot tell the two apart, and counts characters as it should.
/// </summary>
internal static class Projection
{
    /// <summary>
    /// The replacement for each category, in the order of <see cref="UnicodeCategory"/>; white space has none beyond U+FFFF.
    /// </summary>
    private const string Representatives =
        "\uA640\uA641\u1F88\uA015\uA000\uA66F\uA823\uA670\uA620\uA6E6\uA830\0\0\0\0\uFFF9\0\uE000" +
        "\uFE4D\uFE58\uFE47\uFE48\u2E02\u2E03\uA6F2\u2A00\uA838\uA700\uA490\uFFFE";

    /// <summary>Stands for the symbols that Unicode counts as alphabetic, such as circled letters.</summary>
    private const char AlphabeticSymbol = '\u24B6';

    /// <summary>The projected text, and where in the text each of its units lies, one more for the end.</summary>
    public static (char[] Text, int[] Positions) Of(ReadOnlySpan<char> text)
    {
        var length = 0;
        foreach (var _ in text.EnumerateRunes())
            length++;
        var (projected, positions) = (new char[length], new int[length + 1]);
        var (index, position) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            (projected[index], positions[index++]) = (Of(rune), position);
            position += rune.Utf16SequenceLength;
        }
        positions[index] = position;
        return (projected, positions);
    }

    public static char Of(Rune rune)
    {
        if (rune.IsBmp)
            return (char)rune.Value;
        var category = Rune.GetUnicodeCategory(rune);
        return category == UnicodeCategory.OtherSymbol && UnicodeClasses.IsWord(rune) ? AlphabeticSymbol : Representatives[(int)category];
    }

    /// <summary>Whether a character is one that <see cref="Of(Rune)"/> may put in.</summary>
    public static bool IsRepresentative(char unit) => unit > 0 && (unit == AlphabeticSymbol || Representatives.Contains(unit));
}
