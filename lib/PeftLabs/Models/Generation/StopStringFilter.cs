namespace PeftLabs.Models.Generation;

/// <summary>
/// Cuts a text that comes piece by piece before the first stop string. What may be a stop string's beginning is held back until it is
/// known, so that what was given never has to be taken back; the pieces' borders do not matter.
/// </summary>
internal sealed class StopStringFilter(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>Whether a stop string has come; nothing more is given then.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Adds a piece, and gives what is certain now and was not before.</summary>
    public string Add(string piece)
    {
        if (Stopped)
            return "";
        _held += piece;
        var certain = Cut() is { } cut ? cut : _held.Length - Doubtful();
        var given = _held[..certain];
        _held = Stopped ? "" : _held[certain..];
        return given;
    }

    /// <summary>Says that no piece follows, and gives what was held back.</summary>
    public string Finish()
    {
        var given = _held;
        _held = "";
        return given;
    }

    // Where the stop string begins that is whole first.
    private int? Cut()
    {
        (int Begin, int End)? first = null;
        foreach (var stop in stops)
        {
            var begin = _held.IndexOf(stop, StringComparison.Ordinal);
            if (begin >= 0 && (first is null || (begin + stop.Length, begin).CompareTo((first.Value.End, first.Value.Begin)) < 0))
                first = (begin, begin + stop.Length);
        }
        Stopped = first is not null;
        return first?.Begin;
    }

    // How much of the end may be the beginning of a stop string.
    private int Doubtful()
    {
        var longest = 0;
        foreach (var stop in stops)
            for (var length = Math.Min(stop.Length - 1, _held.Length); length > longest; length--)
                if (_held.AsSpan().EndsWith(stop.AsSpan(0, length)))
                    longest = length;
        return longest;
    }
}
