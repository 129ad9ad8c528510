using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// A run's progress on one line of the terminal, which the next overwrites. It goes to the terminal itself: a notebook that captures
/// its cells' output keeps none of it.
/// </summary>
public sealed class TerminalProgress : IDisposable
{
    private readonly TrainingProgress _progress;
    private readonly TerminalLine _line = new();

    /// <summary>The progress of a run of so many steps; silent where standard error is no terminal.</summary>
    public TerminalProgress(int steps) => _progress = new TrainingProgress(steps);

    /// <summary>Shows a step that has just ended.</summary>
    public void Show(StepRecord step) => _line.Show(_progress.Line(step));

    /// <summary>Clears the line.</summary>
    public void Dispose() => _line.Dispose();
}
