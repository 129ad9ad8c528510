namespace TorchSharp;

/// <summary>The open scopes of each thread. A tensor is registered with the innermost one when it is made.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] private static DisposeScopeManager _ofThread;

    public static ThreadDisposeScopeStatistics Statistics => OfThread.Counts;

    internal static DisposeScopeManager OfThread => _ofThread ??= new DisposeScopeManager();

    internal ThreadDisposeScopeStatistics Counts { get; } = new();

    internal List<DisposeScope> Scopes { get; } = [];

    internal DisposeScope Innermost => Scopes.Count > 0 ? Scopes[^1] : null;

    internal static DisposeScope NewScope()
    {
        var scope = new DisposeScope(OfThread);
        OfThread.Scopes.Add(scope);
        return scope;
    }

    /// <summary>Counts a new tensor; returns the scope that now owns it, if any.</summary>
    internal static DisposeScope Register(torch.Tensor tensor)
    {
        var manager = OfThread;
        var counts = manager.Counts.TensorStatistics;
        counts.ThreadTotalLiveCount++;
        if (manager.Innermost is not { } scope)
        {
            counts.CreatedOutsideScopeCount++;
            return null;
        }
        counts.CreatedInScopeCount++;
        scope.Owned.Add(tensor);
        return scope;
    }

    internal static void DisposedOutside()
    {
        var counts = Statistics.TensorStatistics;
        counts.DisposedOutsideScopeCount++;
        counts.ThreadTotalLiveCount--;
    }
}
