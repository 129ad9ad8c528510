namespace TorchSharp;

/// <summary>How many objects of one kind a thread made, disposed, and moved between scopes.</summary>
public class LifetimeStatistics
{
    public long CreatedOutsideScopeCount { get; internal set; }
    public long CreatedInScopeCount { get; internal set; }
    public long AttachedToScopeCount { get; internal set; }
    public long DetachedFromScopeCount { get; internal set; }
    public long DisposedOutsideScopeCount { get; internal set; }
    public long DisposedInScopeCount { get; internal set; }
    public long ThreadTotalLiveCount { get; internal set; }

    public void Reset()
    {
        CreatedOutsideScopeCount = CreatedInScopeCount = AttachedToScopeCount = DetachedFromScopeCount = 0;
        DisposedOutsideScopeCount = DisposedInScopeCount = ThreadTotalLiveCount = 0;
    }

    public override string ToString() =>
        $"ThreadTotalLiveCount: {ThreadTotalLiveCount}; CreatedOutsideScopeCount: {CreatedOutsideScopeCount}; "
        + $"DisposedOutsideScopeCount: {DisposedOutsideScopeCount}; CreatedInScopeCount: {CreatedInScopeCount}; "
        + $"DisposedInScopeCount: {DisposedInScopeCount}; AttachedToScopeCount: {AttachedToScopeCount}; "
        + $"DetachedFromScopeCount: {DetachedFromScopeCount}";
}
