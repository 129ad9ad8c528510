using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// Rewrites a piece from left to right by copying, replacing and inserting, and keeps the alignment with the text as given.
/// </summary>
internal sealed class AlignedTextBuilder(TextPiece source)
{
    private readonly StringBuilder _text = new(source.Length + 16);
    private readonly List<int>? _starts = source.Source.Tracked ? new(source.Length + 16) : null;
    private readonly List<int>? _ends = source.Source.Tracked ? new(source.Length + 16) : null;

    /// <summary>Whether anything but copies was asked for: if not, the source itself is the result.</summary>
    public bool Changed { get; private set; }

    public void Copy(int start, int length)
    {
        _text.Append(source.Source.Text, source.Start + start, length);
        for (var i = source.Start + start; _starts is not null && i < source.Start + start + length; i++)
            Align(source.Source.OriginalStart(i), source.Source.OriginalEnd(i + 1), 1);
    }

    /// <summary>Each unit of <paramref name="replacement"/> stands for the whole of what it replaces.</summary>
    public void Replace(int start, int length, ReadOnlySpan<char> replacement)
    {
        Changed = true;
        _text.Append(replacement);
        var at = source.Start + start;
        if (length > 0)
            Align(source.Source.OriginalStart(at), source.Source.OriginalEnd(at + length), replacement.Length);
    }

    /// <summary>Puts a prefix before everything; it stands for the first character, so that nothing is cut between the two.</summary>
    public void Prepend(ReadOnlySpan<char> prefix)
    {
        Changed = true;
        _text.Append(prefix);
        var first = char.IsHighSurrogate(source.Span[0]) ? 2 : 1;
        Align(source.Source.OriginalStart(source.Start), source.Source.OriginalEnd(source.Start + first), prefix.Length);
    }

    /// <summary>Takes every such character off the end of what has been written.</summary>
    public void TrimEnd(char character)
    {
        var length = _text.Length;
        while (length > 0 && _text[length - 1] == character)
            length--;
        if (length == _text.Length)
            return;
        Changed = true;
        _text.Length = length;
        _starts?.RemoveRange(length, _starts.Count - length);
        _ends?.RemoveRange(length, _ends.Count - length);
    }

    public TextPiece Build()
    {
        if (!Changed)
            return source;
        var origin = source.Length > 0 ? source.Source.OriginalStart(source.Start) : source.Source.Origin;
        var text = new AlignedText(_text.ToString(), origin, source.Source.Tracked, _starts?.ToArray(), _ends?.ToArray());
        return new(text, 0, text.Text.Length);
    }

    private void Align(int start, int end, int count)
    {
        for (var i = 0; _starts is not null && i < count; i++)
        {
            _starts.Add(start);
            _ends!.Add(end);
        }
    }
}
