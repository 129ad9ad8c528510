using System.Collections.Concurrent;

namespace PeftLabs.Notebooks.Execution;

/// <summary>
/// The one thread on which all cells of a session run: native libraries keep state for each thread, and what one cell sets
/// the next must find.
/// </summary>
internal sealed class SessionThread : IDisposable
{
    private const int StackBytes = 16 << 20;
    private readonly BlockingCollection<Action> _work = [];
    private readonly Context _context;

    public SessionThread()
    {
        _context = new Context(_work);
        new Thread(Loop, StackBytes) { IsBackground = true, Name = "notebook" }.Start();
    }

    /// <summary>
    /// Runs asynchronous work on the thread. With <paramref name="staysOnThread"/>, what follows an await runs on the thread, too;
    /// without, the work may block on tasks of its own without waiting for itself.
    /// </summary>
    public Task<T> Run<T>(Func<Task<T>> work, bool staysOnThread)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(async () =>
        {
            SynchronizationContext.SetSynchronizationContext(staysOnThread ? _context : null);
            try
            {
                done.SetResult(await work());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }

    private void Loop()
    {
        foreach (var action in _work.GetConsumingEnumerable()) action();
    }

    public void Dispose() => _work.CompleteAdding();

    private sealed class Context(BlockingCollection<Action> work) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback callback, object? state)
        {
            // A cell that was given up may still finish something after the session has ended.
            if (!work.IsAddingCompleted) work.Add(() => callback(state));
        }

        public override SynchronizationContext CreateCopy() => this;
    }
}
