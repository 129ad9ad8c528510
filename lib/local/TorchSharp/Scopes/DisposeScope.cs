namespace TorchSharp;

/// <summary>Owns the tensors made while it is a thread's innermost scope, and disposes them when it is disposed.</summary>
public sealed partial class DisposeScope : IDisposable
{
    private readonly DisposeScopeManager _manager;

    internal DisposeScope(DisposeScopeManager manager) => _manager = manager;

    internal HashSet<IDisposable> Owned { get; } = new(ReferenceEqualityComparer.Instance);

    private static LifetimeStatistics Counts => DisposeScopeManager.Statistics.TensorStatistics;

    private DisposeScope Outer
    {
        get
        {
            var index = _manager.Scopes.IndexOf(this);
            return index > 0 ? _manager.Scopes[index - 1] : null;
        }
    }

    public IReadOnlyList<IDisposable> DisposablesView => Owned.ToList();

    public int DisposablesCount => Owned.Count;

    public bool Contains(IDisposable disposable) => Owned.Contains(disposable);

    public void Dispose()
    {
        DisposeEverything();
        _manager.Scopes.Remove(this);
    }

    public void DisposeEverything() => DisposeEverythingBut(Enumerable.Empty<IDisposable>());

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var keep = inKeep.ToHashSet<IDisposable>(ReferenceEqualityComparer.Instance);
        foreach (var disposable in Owned.ToList())
            if (!keep.Contains(disposable))
                disposable.Dispose();
        Owned.RemoveWhere(disposable => !keep.Contains(disposable));
    }

    /// <summary>Forgets a disposable that is being disposed by someone else.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        Owned.Remove(disposable);
        if (disposable is not torch.Tensor) return;
        Counts.DisposedInScopeCount++;
        Counts.ThreadTotalLiveCount--;
    }

    /// <summary>Puts another object in a registered one's place: a parameter takes over its tensor.</summary>
    internal void Replace(IDisposable old, IDisposable now)
    {
        Owned.Remove(old);
        Owned.Add(now);
    }

    private void AttachOne(IDisposable disposable)
    {
        if (disposable is not torch.Tensor tensor)
            throw new InvalidOperationException("DisposeScope can only manage Tensor or PackedSequence");
        if (tensor.OwningScope == this) return;
        tensor.OwningScope?.Owned.Remove(tensor);
        Counts.AttachedToScopeCount++;
        Receive(tensor);
    }

    private void DetachOne(IDisposable disposable)
    {
        if (!Owned.Remove(disposable) || disposable is not torch.Tensor tensor) return;
        tensor.OwningScope = null;
        Counts.DetachedFromScopeCount++;
    }

    private void MoveOne(DisposeScope scope, IDisposable disposable)
    {
        if (scope is null) DetachOne(disposable);
        else if (Owned.Remove(disposable)) scope.Receive(disposable);
    }

    private void Receive(IDisposable disposable)
    {
        Owned.Add(disposable);
        if (disposable is torch.Tensor tensor) tensor.OwningScope = this;
    }
}
