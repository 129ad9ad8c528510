using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>A bracketed set, or an escape that stands for one, of an Oniguruma expression, written as a .NET set.</summary>
internal sealed class OnigurumaClass(string pattern, int start, bool ignoreCase, Func<string, Exception> unsupported)
{
    private const string Word = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u24B6-\u24E9";
    private const string HexDigit = "0-9A-Fa-f";

    private static readonly Dictionary<string, string> _longNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Letter"] = "L",
        ["Mark"] = "M",
        ["Number"] = "N",
        ["Punctuation"] = "P",
        ["Punct"] = "P",
        ["Symbol"] = "S",
        ["Separator"] = "Z",
        ["Other"] = "C",
        ["Uppercase_Letter"] = "Lu",
        ["Lowercase_Letter"] = "Ll",
        ["Decimal_Number"] = "Nd",
    };

    private static readonly HashSet<string> _categories =
    [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn",
    ];

    private int _at = start;

    /// <summary>From behind the opening bracket to behind the closing one.</summary>
    public void Translate(StringBuilder output, out int end)
    {
        output.Append('[');
        if (Peek() == '^')
        {
            output.Append('^');
            _at++;
        }
        for (var first = true; first || Peek() != ']'; first = false)
            Item(output);
        output.Append(']');
        end = _at + 1;
    }

    /// <summary>One escape outside brackets, from behind its backslash.</summary>
    public void TranslateEscape(StringBuilder output, out int end)
    {
        var (set, unit) = Escape(outside: true);
        // \s, \d and \p{L} stand by themselves; what is written as a list needs brackets.
        var isSingle = set is not null && set[0] == '\\' && set.Length <= 6;
        output.Append(set is null ? OfLiteral(unit, ignoreCase, unsupported) : isSingle ? set : $"[{set}]");
        end = _at;
    }

    /// <summary>A character that stands for itself, or under (?i) for its folded set.</summary>
    public static string OfLiteral(char unit, bool ignoreCase, Func<string, Exception> unsupported)
    {
        if (char.IsSurrogate(unit))
            throw unsupported("a character beyond U+FFFF");
        var folded = ignoreCase ? Folded(unit) : "";
        return folded.Length > 1 ? $"[{string.Concat(folded.Select(Hex))}]" : Hex(unit);
    }

    private void Item(StringBuilder output)
    {
        if (Peek() == '[' || pattern.AsSpan(_at).StartsWith("&&"))
            throw unsupported("a set within a set");
        var (set, from) = Element();
        if (set is not null)
        {
            output.Append(set);
            return;
        }
        var isRange = Peek() == '-' && _at + 1 < pattern.Length && pattern[_at + 1] != ']';
        var to = from;
        if (isRange)
        {
            _at++;
            (set, to) = Element();
            if (set is not null || to < from)
                throw unsupported("a range that does not end in a later character");
        }
        Range(output, from, to);
    }

    private void Range(StringBuilder output, char from, char to)
    {
        for (int unit = from; unit <= to && from > 0x7F; unit++)
            if (Projection.IsRepresentative((char)unit) || char.IsSurrogate((char)unit))
                throw unsupported($"a range that holds U+{unit:X4}");
        output.Append(Hex(from));
        if (to > from)
            output.Append('-').Append(Hex(to));
        if (ignoreCase && to - from > 0x200)
            throw unsupported("a long range under (?i)");
        for (int unit = from; ignoreCase && unit <= to; unit++)
            output.AppendJoin("", Folded((char)unit).Select(Hex));
    }

    private (string? Set, char Unit) Element()
    {
        var unit = Peek();
        _at++;
        if (char.IsSurrogate(unit))
            throw unsupported("a character beyond U+FFFF");
        return unit == '\\' ? Escape(outside: false) : (null, unit);
    }

    private (string? Set, char Unit) Escape(bool outside)
    {
        var unit = Peek();
        _at++;
        return unit switch
        {
            's' or 'S' or 'd' or 'D' => ($"\\{unit}", '\0'),
            'w' => (Word, '\0'),
            'h' => (HexDigit, '\0'),
            'W' when outside => ("^" + Word, '\0'),
            'H' when outside => ("^" + HexDigit, '\0'),
            'p' or 'P' => (Property(unit == 'P'), '\0'),
            'x' or 'u' => (null, CodePoint(unit)),
            'r' => (null, '\r'),
            'n' => (null, '\n'),
            't' => (null, '\t'),
            'f' => (null, '\f'),
            'v' => (null, '\v'),
            'a' => (null, '\a'),
            'e' => (null, '\x1B'),
            _ when char.IsAsciiLetterOrDigit(unit) => throw unsupported($"\\{unit}"),
            _ => (null, unit),
        };
    }

    private string Property(bool negated)
    {
        var close = Peek() == '{' ? pattern.IndexOf('}', _at) : throw unsupported("\\p without braces");
        var name = close < 0 ? throw unsupported("an unclosed \\p{") : pattern[(_at + 1)..close];
        negated ^= name.StartsWith('^');
        var category = _longNames.GetValueOrDefault(name.TrimStart('^'), name.TrimStart('^'));
        if (!_categories.Contains(category) || (ignoreCase && category is "Lu" or "Ll" or "Lt"))
            throw unsupported($"\\p{{{name}}}");
        _at = close + 1;
        return $"\\{(negated ? 'P' : 'p')}{{{category}}}";
    }

    private char CodePoint(char kind)
    {
        var braces = kind == 'x' && Peek() == '{';
        var end = braces ? pattern.IndexOf('}', _at) : _at + (kind == 'x' ? 2 : 4);
        var digits = end > _at && end <= pattern.Length ? pattern[(braces ? _at + 1 : _at)..end] : "";
        if (!int.TryParse(digits, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value) || value > 0xFFFF)
            throw unsupported($"\\{kind} with these digits");
        _at = braces ? end + 1 : end;
        return (char)value;
    }

    /// <summary>The characters that fold to the same: both cases, the long s, and the Kelvin sign.</summary>
    private static string Folded(char unit) => new([.. new[]
    {
        unit, char.ToLowerInvariant(unit), char.ToUpperInvariant(unit),
        unit is 's' or 'S' ? '\u017F' : unit, unit is 'k' or 'K' ? '\u212A' : unit,
        unit is '\u017F' ? 's' : unit is '\u212A' ? 'k' : unit, unit is '\u017F' ? 'S' : unit is '\u212A' ? 'K' : unit,
    }.Distinct()]);

    private static string Hex(char unit) => char.IsAsciiLetterOrDigit(unit) ? unit.ToString() : $"\\u{(int)unit:X4}";

    private char Peek() => _at < pattern.Length ? pattern[_at] : throw unsupported("an unclosed set");
}
