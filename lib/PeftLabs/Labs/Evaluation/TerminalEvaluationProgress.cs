namespace PeftLabs.Labs;

/// <summary>An evaluation's progress on one line of the terminal, as <see cref="TerminalProgress"/> shows a run's: what a lab hands over.</summary>
public sealed class TerminalEvaluationProgress : IProgress<EvaluationProgress>, IDisposable
{
    private readonly TerminalLine _line = new();

    /// <inheritdoc/>
    public void Report(EvaluationProgress value) => _line.Show(value.ToString());

    /// <summary>Clears the line.</summary>
    public void Dispose() => _line.Dispose();
}
