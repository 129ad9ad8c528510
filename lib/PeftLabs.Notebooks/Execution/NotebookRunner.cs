using System.Diagnostics;

namespace PeftLabs.Notebooks.Execution;

/// <summary>
/// Runs the C# cells of a notebook, in order, in one session, and keeps what they put out. The first cell that fails ends the run;
/// what ran until then is in the output file.
/// </summary>
public sealed class NotebookRunner
{
    private readonly string _path;
    private readonly RunOptions _options;
    private readonly Notebook _notebook;
    private readonly List<(NotebookCell Cell, int Number, string Code)> _programs;
    private readonly List<CellOutputs> _outputs = [];

    /// <summary>Reads a notebook, checks that it can be run, and sets its parameters. Nothing is run or written yet.</summary>
    /// <exception cref="NotebookException">
    /// It is not a notebook, has cells that are not C#, or does not take a parameter that was given.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read, or the output file's folder does not exist.</exception>
    public NotebookRunner(string path, RunOptions options)
    {
        _path = Path.GetFullPath(path);
        _options = options;
        _notebook = Notebook.Load(path);
        // Found out now rather than after the first cell has trained for an hour.
        if (!Directory.Exists(Path.GetDirectoryName(OutputPath)))
            throw new DirectoryNotFoundException($"The output file {OutputPath} cannot be written: its folder does not exist.");
        new ParameterCell(path).Inject(_notebook, options.Parameters);
        _programs = [.. _notebook.Cells.Index().Where(item => item.Item.Kind == CellKind.Code)
            .Select(item => (item.Item, item.Index + 1, CellLanguage.CSharpOf(item.Item, item.Index + 1, path)))];
    }

    private string OutputPath => Path.GetFullPath(_options.OutputPath ?? _path);

    /// <summary>Runs the notebook.</summary>
    /// <param name="cancellation">
    /// Stops the run: the running cell is asked through its Cancellation, and given up after the grace of the options.
    /// </param>
    /// <exception cref="IOException">The output file cannot be written.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancellation = default)
    {
        foreach (var cell in _notebook.Cells) cell.ClearOutputs();
        using var session = new NotebookSession(Path.GetDirectoryName(_path)!, (stream, text) => _options.Observer?.OnText(stream, text));
        CellFailure? failure = null;
        for (var i = 0; i < _programs.Count && failure is null && !cancellation.IsCancellationRequested; i++)
        {
            failure = await RunCellAsync(session, i, cancellation);
            _notebook.Save(OutputPath);
        }
        if (_programs.Count == 0) _notebook.Save(OutputPath);
        await EnrichAsync(cancellation);
        return new RunResult(OutputPath, _outputs.Count, failure, cancellation.IsCancellationRequested);
    }

    private async Task<CellFailure?> RunCellAsync(NotebookSession session, int index, CancellationToken cancellation)
    {
        var (cell, number, code) = _programs[index];
        _options.Observer?.OnCellStarting(number, index + 1, _programs.Count, cell.Source);
        var watch = Stopwatch.StartNew();
        var outputs = new CellOutputs(cell.Outputs);
        _outputs.Add(outputs);
        cell.ExecutionCount = index + 1;
        var failure = await WithinLimitsAsync(token => session.RunAsync(number, code, index + 1, outputs, token), number, cancellation);
        if (failure is not null) outputs.Error(failure.Name, failure.Message, [failure.ToString(), .. failure.Trace]);
        outputs.Close();
        _options.Observer?.OnCellFinished(number, watch.Elapsed, failure);
        return failure;
    }

    private async Task<CellFailure?> WithinLimitsAsync(
        Func<CancellationToken, Task<CellFailure?>> run, int number, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (_options.CellTimeLimit is { } limit) stop.CancelAfter(limit);
        var running = run(stop.Token);
        var stopped = new TaskCompletionSource();
        using (stop.Token.Register(stopped.SetResult)) await Task.WhenAny(running, stopped.Task);
        if (!running.IsCompleted) await Task.WhenAny(running, Task.Delay(_options.StopGrace, CancellationToken.None));
        var failure = running.IsCompleted ? await running : null;
        // A cell that was asked to stop and finished all the same has finished.
        if (!stop.IsCancellationRequested || (running.IsCompleted && failure is null)) return failure;
        return Stopped(number, failure, running.IsCompleted, cancellation.IsCancellationRequested);
    }

    private CellFailure Stopped(int number, CellFailure? failure, bool hasEnded, bool byUser)
    {
        var why = byUser ? "stopped" : $"stopped: over its time limit of {_options.CellTimeLimit!.Value.TotalSeconds:0.###} s";
        var how = hasEnded ? "" : $"; it did not react within {_options.StopGrace.TotalSeconds:0.###} s and was given up";
        return new CellFailure(number, failure?.Line, byUser ? "Cancelled" : "Timeout", why + how, failure?.Trace ?? []);
    }

    private async Task EnrichAsync(CancellationToken cancellation)
    {
        var displays = _outputs.SelectMany(outputs => outputs.Displays).ToList();
        if (_options.Enricher is null || displays.Count == 0 || cancellation.IsCancellationRequested) return;
        await _options.Enricher.EnrichAsync([.. displays.Select(display => display.Bundle)], cancellation);
        foreach (var (bundle, output) in displays) output["data"] = bundle.ToNode();
        _notebook.Save(OutputPath);
    }
}
