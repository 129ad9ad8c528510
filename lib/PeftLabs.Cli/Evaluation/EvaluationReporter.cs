using PeftLabs.Labs;

namespace PeftLabs.Cli.Evaluation;

/// <summary>An evaluation's progress: on a terminal one line that is written over, elsewhere a line for every quarter of each part.</summary>
public sealed class EvaluationReporter(TextWriter lines, bool terminal) : IProgress<EvaluationProgress>, IDisposable
{
    private const int Quarters = 4;

    private readonly ProgressLine _line = new(lines, terminal);
    private string _part = "";
    private long _parts;

    /// <summary>Whose evaluation it is.</summary>
    public string Name { get; set; } = "";

    /// <inheritdoc/>
    public void Report(EvaluationProgress value)
    {
        if (_part != Name + value.What)
            (_part, _parts) = (Name + value.What, _parts + 1);
        _line.Show($"{Name}: {value}", (Quarters + 1) * _parts + Quarters * value.Done / Math.Max(1, value.Total));
    }

    /// <summary>Says something on a line of its own.</summary>
    public void Say(string text) => _line.Say(text);

    /// <inheritdoc/>
    public void Dispose() => _line.Dispose();
}
