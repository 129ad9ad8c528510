using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// A run's progress on one line of the terminal, which the next overwrites. It goes to the terminal itself: a notebook that captures
/// its cells' output keeps none of it.
/// </summary>
public sealed class TerminalProgress : IDisposable
{
    private readonly TrainingProgress _progress;
    private readonly StreamWriter? _terminal;

    /// <summary>The progress of a run of so many steps; silent where standard error is no terminal.</summary>
    public TerminalProgress(int steps)
    {
        _progress = new TrainingProgress(steps);
        if (!Console.IsErrorRedirected)
            _terminal = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };
    }

    /// <summary>Shows a step that has just ended.</summary>
    public void Show(StepRecord step)
    {
        var line = _progress.Line(step);
        _terminal?.Write($"\r{line.PadRight(100)}");
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        _terminal?.Write($"\r{new string(' ', 100)}\r");
        _terminal?.Dispose();
    }
}
