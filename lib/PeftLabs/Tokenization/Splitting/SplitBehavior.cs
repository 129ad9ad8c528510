namespace PeftLabs.Tokenization;

/// <summary>What becomes of the matches that a piece is split at.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each is a piece.</summary>
    Isolated,

    /// <summary>Matches that touch are one piece.</summary>
    Contiguous,

    /// <summary>Each ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each begins the piece after it.</summary>
    MergedWithNext,
}

/// <summary>Turns the matches of a pattern in a piece, and what lies between them, into pieces.</summary>
internal ref struct SplitCollector(TextPiece piece, SplitBehavior behavior, bool invert, IPieceSink next)
{
    private int _covered;
    private int _start;
    private int _length;
    private bool _wasMatch;

    public void AddMatch(int start, int length)
    {
        if (start > _covered)
            Add(_covered, start - _covered, isMatch: invert);
        if (length > 0)
            Add(start, length, isMatch: !invert);
        _covered = start + length;
    }

    public void Finish()
    {
        if (_covered < piece.Length)
            Add(_covered, piece.Length - _covered, isMatch: invert);
        Flush();
    }

    private void Add(int start, int length, bool isMatch)
    {
        if (behavior == SplitBehavior.Removed && isMatch)
            return;
        var joins = behavior switch
        {
            SplitBehavior.Contiguous => isMatch == _wasMatch,
            SplitBehavior.MergedWithPrevious => isMatch && !_wasMatch,
            SplitBehavior.MergedWithNext => !isMatch && _wasMatch,
            _ => false,
        };
        if (!joins || _length == 0)
        {
            Flush();
            _start = start;
        }
        _length += length;
        _wasMatch = isMatch;
    }

    private void Flush()
    {
        if (_length > 0)
            next.Add(piece.Slice(_start, _length));
        _length = 0;
    }
}
