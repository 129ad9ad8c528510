using System.Diagnostics;
using System.Globalization;
using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Training;

namespace PeftLabs.Cli.Training;

/// <summary>A run's progress: on a terminal one line that is written over, elsewhere a line every few seconds and wherever a loss is validated.</summary>
internal sealed class TrainReporter(TextWriter lines, bool terminal) : IProgress<InstructionProgress>, IProgress<EvaluationProgress>, IDisposable
{
    private const double SecondsBetween = 5;

    private readonly ProgressLine _line = new(lines, terminal);
    private TrainingProgress _progress = new(1);
    private long _shown, _last;
    private int _steps;

    /// <summary>Says what begins.</summary>
    public void Started(RunSpec spec) => Started($"{spec.Name}: {spec.Model.Name}, {spec.Training.Steps} steps", spec.Training.Steps);

    /// <summary>The same of a training that is no run.</summary>
    public void Started(string what, int steps)
    {
        (_steps, _progress) = (steps, new(steps));
        Say(what);
    }

    /// <summary>Shows a step that has ended.</summary>
    public void Show(StepRecord step)
    {
        var line = _progress.Line(step);
        if (step.ValidationLoss is { } loss)
            _line.Say(string.Create(CultureInfo.InvariantCulture, $"{line}  held-out loss {loss:0.0000}"));
        else if (terminal || step.Step == _steps || step.Step == 1 || Stopwatch.GetElapsedTime(_last).TotalSeconds >= SecondsBetween)
        {
            _last = Stopwatch.GetTimestamp();
            _line.Show(line, ++_shown);
        }
    }

    /// <summary>Says something on a line of its own.</summary>
    public void Say(string text) => _line.Say(text);

    void IProgress<InstructionProgress>.Report(InstructionProgress value) => _line.Show(
        $"tokenizing: {ByteSize.Format(value.BytesRead)} of {ByteSize.Format(value.TotalBytes)}, {value.Examples} examples", ++_shown);

    void IProgress<EvaluationProgress>.Report(EvaluationProgress value)
    {
        if (terminal || value.Done == value.Total)
            _line.Show($"{value}", ++_shown);
    }

    /// <inheritdoc/>
    public void Dispose() => _line.Dispose();
}
