using System.Globalization;
using System.Text;
using static PeftLabs.Tokenization.TemplateTokenKind;

namespace PeftLabs.Tokenization;

/// <summary>What stands inside of tags.</summary>
internal sealed partial class TemplateLexer
{
    private static readonly string[] _operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "(", ")", "[", "]", "{", "}", ">", "<", "=", ".", ":", "|", ","];

    private void ReadTag(bool isOutput)
    {
        var (line, end) = (_line, isOutput ? "}}" : "%}");
        _tokens.Add(new(isOutput ? OutputStart : TagStart, "", _line));
        var open = new Stack<char>();
        while (true)
        {
            while (_at < _source.Length && PythonText.IsSpace(_source[_at]))
                Advance(_at + 1);
            if (_at == _source.Length)
                throw Refuse($"a tag that begins here has no {end}", line);
            // A brace that is open inside the tag is closed before the tag is.
            var signed = _source[_at] == '-' || (_source[_at] == '+' && !isOutput) ? 1 : 0;
            if (open.Count == 0 && _source.AsSpan(_at + signed).StartsWith(end, StringComparison.Ordinal))
            {
                _tokens.Add(new(isOutput ? OutputEnd : TagEnd, "", _line));
                Close(signed > 0 ? _source[_at] : ' ', _at + signed + 2, isOutput);
                return;
            }
            ReadToken(open);
        }
    }

    private void ReadToken(Stack<char> open)
    {
        var first = _source[_at];
        if (first is '\'' or '"')
            ReadString(first);
        else if (char.IsAsciiDigit(first))
            ReadNumber();
        else if (first == '_' || char.IsLetter(first))
            Add(Name, EndOf(c => c == '_' || char.IsLetterOrDigit(c)));
        else if (_operators.FirstOrDefault(o => _source.AsSpan(_at).StartsWith(o, StringComparison.Ordinal)) is { } found)
            ReadOperator(found, open);
        else
            throw Refuse($"the character '{first}' has no meaning inside of a tag");
    }

    private int EndOf(Func<char, bool> belongs)
    {
        var end = _at + 1;
        while (end < _source.Length && belongs(_source[end]))
            end++;
        return end;
    }

    private void ReadOperator(string found, Stack<char> open)
    {
        if (found is "(" or "[" or "{")
            open.Push(found switch { "(" => ')', "[" => ']', _ => '}' });
        else if (found is ")" or "]" or "}" && (!open.TryPop(out var expected) || expected != found[0]))
            throw Refuse(expected == 0 ? $"'{found}' closes nothing" : $"'{found}' where '{expected}' belongs");
        Add(Operator, _at + found.Length);
    }

    private void ReadNumber()
    {
        var end = EndOf(c => char.IsAsciiDigit(c) || c == '_');
        var isFloat = end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]);
        if (isFloat)
            for (end++; end < _source.Length && (char.IsAsciiDigit(_source[end]) || _source[end] == '_');)
                end++;
        if (end < _source.Length && _source[end] is 'e' or 'E')
        {
            var digits = end + 1 + (end + 1 < _source.Length && _source[end + 1] is '+' or '-' ? 1 : 0);
            if (digits < _source.Length && char.IsAsciiDigit(_source[digits]))
                for (isFloat = true, end = digits; end < _source.Length && char.IsAsciiDigit(_source[end]);)
                    end++;
        }
        var text = _source[_at..end].Replace("_", "", StringComparison.Ordinal);
        if (!isFloat && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw Refuse($"{text} is beyond the whole numbers that are supported");
        Add(isFloat ? Float : Integer, end, text);
    }

    private void ReadString(char quote)
    {
        var text = new StringBuilder();
        var at = _at + 1;
        for (; at < _source.Length && _source[at] != quote; at++)
        {
            if (_source[at] == '\\' && at + 1 < _source.Length)
                at = Escape(at + 1, text);
            else
                text.Append(_source[at]);
        }
        if (at == _source.Length)
            throw Refuse($"a string that begins here has no closing {quote}");
        Add(TemplateTokenKind.String, at + 1, text.ToString());
    }

    /// <summary>An escape of Python's strings, from behind the backslash; gives the place of its last character.</summary>
    private int Escape(int at, StringBuilder text)
    {
        const string Names = "abfnrtv\\'\"", Values = "\a\b\f\n\r\t\v\\'\"";
        var letter = _source[at];
        if (letter == '\n')
            return at;
        if (Names.IndexOf(letter) is var index and >= 0)
        {
            text.Append(Values[index]);
            return at;
        }
        if (letter is >= '0' and <= '7')
            return Octal(at, text);
        var digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0)
        {
            text.Append('\\').Append(letter);
            return at;
        }
        var hex = at + digits < _source.Length ? _source.AsSpan(at + 1, digits) : [];
        if (!uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point) || !Rune.IsValid(point))
            throw Refuse($"\\{letter} in a string needs {digits} hexadecimal digits of a character");
        text.Append(new Rune(point).ToString());
        return at + digits;
    }

    private int Octal(int at, StringBuilder text)
    {
        var (value, end) = (0, at);
        for (; end < _source.Length && end < at + 3 && _source[end] is >= '0' and <= '7'; end++)
            value = value * 8 + (_source[end] - '0');
        text.Append((char)value);
        return end - 1;
    }
}
