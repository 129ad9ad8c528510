using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using PeftLabs.Notebooks;
using PeftLabs.Notebooks.Execution;
using PeftLabs.Plotting;

namespace PeftLabs.Cli.Commands;

/// <summary>
/// <c>lab run NOTEBOOK</c>: runs a notebook and keeps its outputs. Exit codes: 0 all cells ran, 1 a cell failed, 2 usage, 130 stopped.
/// </summary>
public static class RunCommand
{
    private const int Ok = 0, CellFailed = 1, Usage = 2, Stopped = 130;

    private static readonly Argument<FileInfo> _notebook = new("NOTEBOOK") { Description = "The notebook (.ipynb)." };

    private static readonly Option<string[]> _parameters = new("--parameter", "-p")
    {
        Description = "A value for a variable that the cell tagged parameters declares, as name=value. May be given several times.",
        HelpName = "name=value",
    };

    private static readonly Option<FileInfo?> _output = new("--output", "-o")
    {
        Description = "The file that gets the notebook with its outputs; the notebook itself by default.",
        HelpName = "FILE",
    };

    private static readonly Option<double?> _timeout = new("--timeout")
    {
        Description = "The most seconds that a cell may take; no limit by default.",
        HelpName = "SECONDS",
    };

    private static readonly Option<bool> _noImages = new("--no-images") { Description = "Do not draw figures as pictures." };

    private static readonly Option<FileInfo?> _html = new("--html")
    {
        Description = "Also write the notebook as an HTML page that needs no network.",
        HelpName = "FILE",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("run", "Run a notebook's cells in order and keep their outputs.")
        {
            _notebook, _parameters, _output, _timeout, _noImages, _html,
        };
        // Not an asynchronous action: those are ended two seconds after Ctrl-C, and a run takes the time it needs to stop cleanly.
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult arguments)
    {
        var terminal = new RunTerminal(Console.Out, Console.Error);
        try
        {
            using var stop = new CancellationTokenSource();
            using var signals = new StopSignals(stop, terminal);
            var result = Run(arguments, terminal, stop.Token);
            terminal.OnRunFinished(result);
            return result.Cancelled ? Stopped : result.Failure is null ? Ok : CellFailed;
        }
        catch (Exception error) when (error is NotebookException or IOException or UnauthorizedAccessException)
        {
            terminal.Say(error.Message);
            return Usage;
        }
    }

    private static RunResult Run(ParseResult arguments, RunTerminal terminal, CancellationToken cancellation)
    {
        var path = arguments.GetRequiredValue(_notebook).FullName;
        var html = arguments.GetValue(_html)?.FullName;
        if (html is not null && !Directory.Exists(Path.GetDirectoryName(html)))
            throw new DirectoryNotFoundException($"The page {html} cannot be written: its folder does not exist.");
        var options = new RunOptions
        {
            Parameters = Parameters(arguments.GetValue(_parameters) ?? []),
            OutputPath = arguments.GetValue(_output)?.FullName,
            CellTimeLimit = TimeLimit(arguments.GetValue(_timeout)),
            Observer = terminal,
            Enricher = arguments.GetValue(_noImages) ? null : new FigurePictures(terminal.Say),
        };
        var runner = new NotebookRunner(path, options);
        // Cells find files beside the notebook, wherever the command was given.
        Directory.SetCurrentDirectory(Path.GetDirectoryName(path)!);
        var result = runner.RunAsync(cancellation).GetAwaiter().GetResult();
        if (html is not null) NotebookHtml.Save(Notebook.Load(result.OutputPath), html, PlotlyLibrary.TryFind());
        return result;
    }

    private static Dictionary<string, string> Parameters(string[] given)
    {
        var parameters = new Dictionary<string, string>();
        foreach (var text in given)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new NotebookException($"-p {text}: a parameter is given as name=value.");
            parameters[text[..equals].Trim()] = text[(equals + 1)..];
        }
        return parameters;
    }

    private static TimeSpan? TimeLimit(double? seconds) => seconds switch
    {
        null => null,
        > 0 and <= 1e6 => TimeSpan.FromSeconds(seconds.Value),
        _ => throw new NotebookException($"--timeout {seconds}: the limit must be above 0 and at most 1,000,000 seconds."),
    };

    /// <summary>The first Ctrl-C (or SIGTERM) asks the run to stop, a second ends the program.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly PosixSignalRegistration _interrupt, _terminate;

        public StopSignals(CancellationTokenSource stop, RunTerminal terminal)
        {
            void Handle(PosixSignalContext context)
            {
                if (stop.IsCancellationRequested) Process.GetCurrentProcess().Kill();
                context.Cancel = true;
                terminal.Say("Stopping after what is running now; Ctrl-C again ends at once.");
                stop.Cancel();
            }
            _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
            _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        }

        public void Dispose()
        {
            _interrupt.Dispose();
            _terminate.Dispose();
        }
    }
}
