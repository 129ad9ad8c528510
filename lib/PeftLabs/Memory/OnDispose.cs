namespace PeftLabs.Memory;

/// <summary>Does something when it is disposed, the first time.</summary>
internal sealed class OnDispose(Action end) : IDisposable
{
    private Action? _end = end;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
}
