namespace PeftLabs.Cli;

/// <summary>Progress on standard error: on a terminal one line that is written over, elsewhere a line for each step of some.</summary>
/// <param name="lines">Where to.</param>
/// <param name="terminal">Whether that is a terminal.</param>
public sealed class ProgressLine(TextWriter lines, bool terminal) : IDisposable
{
    private const int Width = 79;

    private long _step;
    private int _written;

    /// <summary>Whether a command's standard error is a terminal: the process's own, and not led into a file or a pipe.</summary>
    public static bool IsTerminal(TextWriter error) => ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>Shows how far something is.</summary>
    /// <param name="text">How far.</param>
    /// <param name="step">The same in steps, of which each is shown once where there is no terminal.</param>
    public void Show(string text, long step)
    {
        if (terminal)
        {
            // A longer line before leaves nothing behind.
            lines.Write($"\r{text.PadRight(Math.Max(Width, _written))}");
            _written = Math.Max(Width, text.Length);
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
        if (_written > 0)
            lines.Write($"\r{new string(' ', _written)}\r");
        _written = 0;
    }
}
