using System.Globalization;
using PeftLabs.Notebooks.Execution;

namespace PeftLabs.Cli.Commands;

/// <summary>A run on the terminal: what cells write on standard output as they write it, how far the run is on standard error.</summary>
internal sealed class RunTerminal(TextWriter output, TextWriter errors) : IRunObserver
{
    private readonly Lock _lock = new();
    private bool _isAtLineStart = true;

    /// <summary>Says something about the run.</summary>
    public void Say(string text)
    {
        lock (_lock)
        {
            if (!_isAtLineStart) output.WriteLine();
            output.Flush();
            _isAtLineStart = true;
            errors.WriteLine(text);
        }
    }

    /// <inheritdoc/>
    public void OnCellStarting(int cell, int index, int count, string source) => Say($"[{index}/{count}] cell {cell}: {FirstLine(source)}");

    /// <inheritdoc/>
    public void OnText(string stream, string text)
    {
        if (text.Length == 0) return;
        lock (_lock)
        {
            (stream == "stderr" ? errors : output).Write(text);
            _isAtLineStart = text[^1] == '\n';
        }
    }

    /// <inheritdoc/>
    public void OnCellFinished(int cell, TimeSpan elapsed, CellFailure? failure)
    {
        if (failure is null) Say($"      {Seconds(elapsed)}");
        else Say(string.Join('\n',
            [$"      {Seconds(elapsed)}, failed", .. failure.Trace.Select(line => "  " + line), failure.ToString()]));
    }

    /// <summary>Says how the run ended and where its outputs are.</summary>
    public void OnRunFinished(RunResult result) =>
        Say((result.Cancelled ? "Stopped; what ran is in " : result.Failure is null ? "Done; outputs are in " : "Failed; what ran is in ")
            + result.OutputPath);

    private static string Seconds(TimeSpan elapsed) => elapsed.TotalSeconds.ToString("0.0 's'", CultureInfo.InvariantCulture);

    private static string FirstLine(string source)
    {
        var line = source.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "";
        return line.Length > 70 ? line[..69] + "…" : line;
    }
}
