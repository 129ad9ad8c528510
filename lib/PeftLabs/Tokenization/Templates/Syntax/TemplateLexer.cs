using System.Text;
using static PeftLabs.Tokenization.TemplateTokenKind;

namespace PeftLabs.Tokenization;

/// <summary>
/// Cuts a template into tokens, as Jinja does with the settings that transformers gives it: the first newline after a tag goes
/// (trim_blocks), and so does the white space before a tag that begins its line (lstrip_blocks). A minus at a tag's edge takes all white
/// space on that side along, a plus keeps it.
/// </summary>
internal sealed partial class TemplateLexer
{
    private readonly string _template, _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at, _line = 1;

    // Whether what came last ended with a newline that was taken away.
    private bool _lineStarts = true;

    /// <param name="template">The template's name, for messages.</param>
    /// <param name="source">Its text.</param>
    public TemplateLexer(string template, string source)
    {
        source = source.ReplaceLineEndings("\n");
        (_template, _source) = (template, source.EndsWith('\n') ? source[..^1] : source);
    }

    public List<TemplateToken> Read()
    {
        while (NextTag() is var tag and >= 0)
        {
            var kind = _source[tag + 1];
            var sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : ' ';
            AddText(_source[_at..tag], sign, isOutput: kind == '{');
            Advance(tag + (sign == ' ' ? 2 : 3));
            _lineStarts = false;
            if (kind == '#')
                SkipComment();
            else if (kind == '%' && RawEnd() is var raw and >= 0)
                ReadRaw(raw);
            else
                ReadTag(isOutput: kind == '{');
        }
        AddText(_source[_at..], ' ', isOutput: true);
        _tokens.Add(new(End, "", _line));
        return _tokens;
    }

    private ChatTemplateException Refuse(string problem, int line = 0) => new(_template, line > 0 ? line : _line, problem);

    private int NextTag()
    {
        for (var at = _at; (at = _source.IndexOf('{', at)) >= 0 && at + 1 < _source.Length; at++)
            if (_source[at + 1] is '{' or '%' or '#')
                return at;
        return -1;
    }

    private void AddText(string text, char sign, bool isOutput)
    {
        if (sign == '-')
            text = text[..PythonText.TrimmedLength(text)];
        else if (sign != '+' && !isOutput)
        {
            var line = text.LastIndexOf('\n') + 1;
            if ((line > 0 || _lineStarts) && PythonText.IsSpace(text.AsSpan(line)))
                text = text[..line];
        }
        if (text.Length > 0)
            _tokens.Add(new(Text, text, _line));
    }

    private void Advance(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }

    /// <summary>Behind a tag's closing: a minus took what follows along, otherwise one newline goes, unless there was a plus.</summary>
    private void Close(char sign, int end, bool isOutput = false)
    {
        if (sign == '-')
            while (end < _source.Length && PythonText.IsSpace(_source[end]))
                end++;
        else if (sign != '+' && !isOutput && end < _source.Length && _source[end] == '\n')
            end++;
        Advance(end);
        _lineStarts = _source[end - 1] == '\n';
    }

    private void SkipComment()
    {
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
            throw Refuse("a comment that begins here has no #}");
        Close(end > _at ? _source[end - 1] : ' ', end + 2);
    }

    /// <summary>Where the opening tag of a raw block ends, if this is one.</summary>
    private int RawEnd()
    {
        var rest = _source.AsSpan(_at).TrimStart();
        if (!rest.StartsWith("raw") || rest[3..].TrimStart() is not (['%', '}', ..] or ['-', '%', '}', ..]))
            return -1;
        return _source.IndexOf("%}", _at, StringComparison.Ordinal) + 2;
    }

    private void ReadRaw(int start)
    {
        var line = _line;
        Close(_source[start - 3] == '-' ? '-' : '+', start);
        for (var at = _at; (at = _source.IndexOf("{%", at, StringComparison.Ordinal)) >= 0; at += 2)
        {
            var sign = _source.ElementAtOrDefault(at + 2) is '-' or '+' ? _source[at + 2] : ' ';
            var end = _source.IndexOf("%}", at, StringComparison.Ordinal);
            if (end < 0 || _source[(at + (sign == ' ' ? 2 : 3))..end].Trim().TrimEnd('-', '+').TrimEnd() != "endraw")
                continue;
            AddText(_source[_at..at], sign, isOutput: false);
            Close(_source[end - 1], end + 2);
            return;
        }
        throw Refuse("a raw block that begins here has no endraw", line);
    }

    private void Add(TemplateTokenKind kind, int end, string? text = null)
    {
        _tokens.Add(new(kind, text ?? _source[_at..end], _line));
        Advance(end);
    }
}
