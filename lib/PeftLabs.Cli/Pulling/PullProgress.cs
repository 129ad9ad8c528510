using PeftLabs.Hub;

namespace PeftLabs.Cli.Pulling;

/// <summary>
/// A pull's progress: on a terminal one line that is written over, elsewhere a line for every tenth; and a line for each notice.
/// </summary>
public sealed class PullProgress(TextWriter lines, bool terminal) : IProgress<HubProgress>, IDisposable
{
    private readonly ProgressLine _line = new(lines, terminal);

    /// <inheritdoc/>
    public void Report(HubProgress value)
    {
        if (value.Notice is { } notice)
            Say(notice);
        else
            _line.Show(value.ToString(), Tenths(value));
    }

    /// <summary>Says something on a line of its own.</summary>
    public void Say(string text) => _line.Say(text);

    /// <summary>Clears the line.</summary>
    public void Dispose() => _line.Dispose();

    // The last tenth is done when all files are checked too.
    private static long Tenths(HubProgress value) => value.FilesDone == value.Files ? 10 : Math.Min(9, 10 * value.Done / Math.Max(1, value.Total));
}
