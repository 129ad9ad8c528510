namespace PeftLabs.Quantization.Streaming;

/// <summary>A group to be read, from the moment it is asked for until it is there, has failed, or is no longer wanted.</summary>
internal sealed class ReadRequest(Action<CancellationToken> read) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether nothing is read any more.</summary>
    public bool IsDone => _done.Task.IsCompleted;

    /// <summary>Reads, on the reading thread; what goes wrong is kept for whoever waits.</summary>
    public void Run()
    {
        try
        {
            _cancellation.Token.ThrowIfCancellationRequested();
            read(_cancellation.Token);
            _done.SetResult();
        }
        catch (Exception e)
        {
            _done.SetException(e);
        }
    }

    /// <summary>Waits, and throws what reading threw.</summary>
    public void Wait() => _done.Task.GetAwaiter().GetResult();

    /// <summary>Stops reading and waits until the memory is no longer written to. An error of what nobody wants is nobody's.</summary>
    public void Abandon()
    {
        _cancellation.Cancel();
        Task.WhenAny(_done.Task).Wait();
        _ = _done.Task.Exception;
    }

    /// <summary>Frees it, when it is done.</summary>
    public void Dispose() => _cancellation.Dispose();
}
