using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// Writes an expression of Oniguruma (Ruby syntax, as tokenizer.json holds it) as one that .NET matches alike over BMP characters:
/// possessive quantifiers become atomic groups, ^ and $ match at lines, \w is Unicode's, and letters under (?i) their folded set.
/// </summary>
internal sealed class OnigurumaTranslator(string pattern)
{
    private readonly StringBuilder _output = new(pattern.Length + 64);
    private int _at;

    /// <exception cref="NotSupportedException">Names the construct that is not supported, and where it stands.</exception>
    public string Translate()
    {
        Alternatives(ignoreCase: false);
        if (_at < pattern.Length)
            throw Unsupported("an unmatched )");
        return _output.ToString();
    }

    private void Alternatives(bool ignoreCase)
    {
        while (_at < pattern.Length && pattern[_at] != ')')
        {
            var start = _output.Length;
            if (Take('|'))
                _output.Append('|');
            else if (TakeText("(?i)"))
                ignoreCase = true;
            else if (TakeText("(?-i)"))
                ignoreCase = false;
            else
            {
                Atom(ignoreCase);
                Quantifiers(start);
            }
        }
    }

    private void Atom(bool ignoreCase)
    {
        var unit = pattern[_at++];
        switch (unit)
        {
            case '(': Group(ignoreCase); break;
            case '[': new OnigurumaClass(pattern, _at, ignoreCase, Unsupported).Translate(_output, out _at); break;
            case '\\': Escape(ignoreCase); break;
            case '^': _output.Append("(?m:^)"); break;
            case '$': _output.Append("(?m:$)"); break;
            case '.': _output.Append('.'); break;
            case '*' or '+' or '?': throw Unsupported($"a quantifier {unit} with nothing before it");
            default: Literal(unit, ignoreCase); break;
        }
    }

    private void Group(bool ignoreCase)
    {
        if (TakeText("?i:"))
            (ignoreCase, _) = (true, _output.Append("(?:"));
        else if (TakeText("?-i:"))
            (ignoreCase, _) = (false, _output.Append("(?:"));
        else
            _output.Append(Opening());
        Alternatives(ignoreCase);
        if (!Take(')'))
            throw Unsupported("an unclosed group");
        _output.Append(')');
    }

    /// <summary>Of a group without backreferences it does not matter whether it captures. Ruby's (?m: is what .NET calls (?s:.</summary>
    private string Opening() => TakeText("?:") ? "(?:" : TakeText("?=") ? "(?=" : TakeText("?!") ? "(?!" : TakeText("?<=") ? "(?<="
        : TakeText("?<!") ? "(?<!" : TakeText("?>") ? "(?>" : TakeText("?m:") ? "(?s:"
        : Peek() == '?' ? throw Unsupported("this kind of group") : "(?:";

    private void Escape(bool ignoreCase)
    {
        switch (Peek())
        {
            case 'A' or 'z' or 'G': _output.Append('\\').Append(pattern[_at++]); break;
            case 'R': _at++; _output.Append("(?>\\r\\n|[\\n-\\r\\u0085\\u2028\\u2029])"); break;
            default:
                var set = new OnigurumaClass(pattern, _at, ignoreCase, Unsupported);
                set.TranslateEscape(_output, out _at);
                break;
        }
    }

    private void Literal(char unit, bool ignoreCase) => _output.Append(OnigurumaClass.OfLiteral(unit, ignoreCase, Unsupported));

    private void Quantifiers(int start)
    {
        for (var count = 0; Quantifier() is { } quantifier; count++)
        {
            if (count > 0)
                Wrap(start, "(?:");
            _output.Append(quantifier);
            if (Take('?'))
                _output.Append('?');
            else if (quantifier.Length == 1 && Take('+'))
                Wrap(start, "(?>");
        }
    }

    private string? Quantifier()
    {
        if (_at == pattern.Length)
            return null;
        if (pattern[_at] is '*' or '+' or '?')
            return pattern[_at++].ToString();
        var end = pattern[_at] == '{' ? pattern.IndexOf('}', _at) : -1;
        var bounds = end < 0 ? [] : pattern[(_at + 1)..end].Split(',');
        if (bounds.Length is 0 or > 2 || bounds.All(bound => bound == "") || !bounds.All(bound => bound.All(char.IsAsciiDigit)))
            return null;
        _at = end + 1;
        return bounds.Length == 1 ? $"{{{bounds[0]}}}" : $"{{{(bounds[0] == "" ? "0" : bounds[0])},{bounds[1]}}}";
    }

    private void Wrap(int start, string opening)
    {
        _output.Insert(start, opening);
        _output.Append(')');
    }

    private char Peek() => _at < pattern.Length ? pattern[_at] : throw Unsupported("an expression that ends here");

    private bool Take(char unit) => TakeText([unit]);

    private bool TakeText(ReadOnlySpan<char> text)
    {
        if (!pattern.AsSpan(_at).StartsWith(text))
            return false;
        _at += text.Length;
        return true;
    }

    private NotSupportedException Unsupported(string what) =>
        new($"{what} at {_at} of the regular expression {pattern} is not supported");
}
