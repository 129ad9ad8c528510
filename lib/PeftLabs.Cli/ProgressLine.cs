namespace PeftLabs.Cli;

/// <summary>Progress on standard error: on a terminal one line that is written over, elsewhere a line for each step of some.</summary>
/// <param name="lines">Where to.</param>
/// <param name="terminal">Whether that is a terminal.</param>
public sealed class ProgressLine(TextWriter lines, bool terminal) : IDisposable
{
    private const int Width = 79;

    private long _step;
    private bool _written;

    /// <summary>Shows how far something is.</summary>
    /// <param name="text">How far.</param>
    /// <param name="step">The same in steps, of which each is shown once where there is no terminal.</param>
    public void Show(string text, long step)
    {
        if (terminal)
        {
            lines.Write($"\r{text.PadRight(Width)}");
            _written = true;
        }
        else if (step > _step)
        {
            lines.WriteLine(text);
            _step = step;
        }
    }

    /// <summary>Says something on a line of its own.</summary>
    public void Say(string text)
    {
        Dispose();
        lines.WriteLine(text);
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (_written)
            lines.Write($"\r{new string(' ', Width)}\r");
        _written = false;
    }
}
