using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// Takes the tokens of one piece from left to right, by bytes of its UTF-8, and finds their UTF-16 code units where these are wanted.
/// </summary>
internal ref struct UnigramSink(TextPiece piece, ReadOnlySpan<byte> text, TokenBuffer output)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _byte, _unit;
    private int _unknownStart = -1, _unknownEnd;

    public void Add(int id, int start, int end)
    {
        if (!output.Tracked)
        {
            output.Add([id]);
            return;
        }
        var (first, last) = (Unit(start), Unit(end));
        output.Add(id, piece.Source.OriginalStart(piece.Start + first), piece.Source.OriginalEnd(piece.Start + last));
    }

    public void AddUnknown(int start, int end)
    {
        if (_unknownStart < 0)
            _unknownStart = start;
        _unknownEnd = end;
    }

    /// <summary>The run of unknown characters that has come to its end, if there is one.</summary>
    public (int Start, int End)? TakeUnknown()
    {
        if (_unknownStart < 0)
            return null;
        var run = (_unknownStart, _unknownEnd);
        _unknownStart = -1;
        return run;
    }

    public readonly string Text((int Start, int End) run) => Encoding.UTF8.GetString(_text[run.Start..run.End]);

    /// <summary>A token for each byte of a run; they cover their character, or the whole run.</summary>
    public void AddBytes((int Start, int End) run, int[] byteIds, bool eachCharacter)
    {
        var (start, end) = run;
        if (!output.Tracked)
        {
            foreach (var value in _text[start..end])
                output.Add([byteIds[value]]);
            return;
        }
        for (int at = start, next; at < end; at = next)
        {
            for (next = at + 1; next < end && (!eachCharacter || IsContinuation(_text[next]));)
                next++;
            var (first, last) = (piece.Start + Unit(at), piece.Start + Unit(next));
            foreach (var value in _text[at..next])
                output.Add(byteIds[value], piece.Source.OriginalStart(first), piece.Source.OriginalEnd(last));
        }
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;

    // Asked for in ascending order alone.
    private int Unit(int target)
    {
        for (; _byte < target; _byte++)
            _unit += IsContinuation(_text[_byte]) ? 0 : _text[_byte] >= 0xF0 ? 2 : 1;
        return _unit;
    }
}
