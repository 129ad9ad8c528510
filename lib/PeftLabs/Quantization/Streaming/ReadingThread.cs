namespace PeftLabs.Quantization.Streaming;

/// <summary>The thread that reads ahead. It sleeps when there is nothing to read, and begins with the first request.</summary>
internal sealed class ReadingThread : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<ReadRequest> _requests = [];
    private readonly SemaphoreSlim _work = new(0);
    private Thread? _thread;
    private bool _disposed;

    /// <summary>Reads in the order of the requests.</summary>
    public ReadRequest Start(Action<CancellationToken> read)
    {
        var request = new ReadRequest(read);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _requests.Enqueue(request);
            if (_thread is null)
            {
                _thread = new(Run) { IsBackground = true, Name = "weight stream" };
                _thread.Start();
            }
        }
        _work.Release();
        return request;
    }

    /// <summary>Ends the thread after the requests that it has.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        _work.Release();
        _thread?.Join();
        _work.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            ReadRequest? request;
            lock (_lock)
                if (!_requests.TryDequeue(out request))
                    return; // only Dispose wakes it without a request
            request.Run();
        }
    }
}
