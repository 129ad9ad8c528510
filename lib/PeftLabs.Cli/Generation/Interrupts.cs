namespace PeftLabs.Cli.Generation;

/// <summary>
/// What Ctrl-C means in a chat: the first one stops the answer that is being given, or says how to leave; another one before the next
/// message leaves.
/// </summary>
public sealed class Interrupts : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _leaving = new();
    private CancellationTokenSource? _answering;
    private bool _pressed;

    /// <summary>Cancelled when the chat is to end.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>Ctrl-C: true where it stopped an answer or ends the chat, false where another one would.</summary>
    public bool Press()
    {
        lock (_lock)
        {
            var (again, answering) = (_pressed, _answering);
            _pressed = true;
            if (again)
                _leaving.Cancel();
            answering?.Cancel();
            return again || answering is not null;
        }
    }

    /// <summary>Runs an answer that Ctrl-C stops.</summary>
    public T Answering<T>(Func<CancellationToken, T> answer)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        lock (_lock)
            (_answering, _pressed) = (source, false);
        try
        {
            return answer(source.Token);
        }
        finally
        {
            lock (_lock)
                _answering = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _leaving.Dispose();
}
