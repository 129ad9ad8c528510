using System.Runtime.InteropServices;

namespace PeftLabs.Cli.Training;

/// <summary>Ctrl-C and the termination signal: the first asks a run to stop after its step, the second ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly List<PosixSignalRegistration> _signals;
    private readonly Action<string> _say;

    public StopSignals(Action<string> say, CancellationToken cancellation)
    {
        _say = say;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Press))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        _source.Dispose();
    }

    private void Press(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        if (!context.Cancel)
            return;
        _say("Stopping after this step; once more ends at once.");
        _source.Cancel();
    }
}
