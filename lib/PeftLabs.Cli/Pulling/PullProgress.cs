using PeftLabs.Hub;

namespace PeftLabs.Cli.Pulling;

/// <summary>
/// A pull's progress: on a terminal one line that is written over, elsewhere a line for every tenth; and a line for each notice.
/// </summary>
public sealed class PullProgress(TextWriter lines, bool terminal) : IProgress<HubProgress>, IDisposable
{
    private const int Width = 79;

    private long _tenths;
    private bool _written;

    /// <inheritdoc/>
    public void Report(HubProgress value)
    {
        if (value.Notice is { } notice)
        {
            Say(notice);
        }
        else if (terminal)
        {
            lines.Write($"\r{value.ToString().PadRight(Width)}");
            _written = true;
        }
        else if (Tenths(value) is var tenths && tenths > _tenths)
        {
            _tenths = tenths;
            lines.WriteLine(value);
        }
    }

    /// <summary>Says something on a line of its own.</summary>
    public void Say(string text)
    {
        Clear();
        lines.WriteLine(text);
    }

    /// <summary>Clears the line.</summary>
    public void Dispose() => Clear();

    // The last tenth is done when all files are checked too.
    private static long Tenths(HubProgress value) => value.FilesDone == value.Files ? 10 : Math.Min(9, 10 * value.Done / Math.Max(1, value.Total));

    private void Clear()
    {
        if (_written)
            lines.Write($"\r{new string(' ', Width)}\r");
        _written = false;
    }
}
