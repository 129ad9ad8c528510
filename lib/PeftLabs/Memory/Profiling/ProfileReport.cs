using System.Diagnostics;

namespace PeftLabs.Memory.Profiling;

/// <summary>Makes a <see cref="RunProfile"/> of a tree of scopes, and of the peaks where a meter ran.</summary>
internal sealed class ProfileReport
{
    private readonly ScopeTree _tree;
    private readonly IReadOnlyList<StagePeak> _peaks;
    private readonly Dictionary<int, long> _peakBytes = [];
    private readonly Dictionary<ScopeNode, long> _waited = [];

    /// <summary>Takes what was counted until now.</summary>
    public ProfileReport(ScopeTree tree, IReadOnlyList<StagePeak> peaks)
    {
        (_tree, _peaks) = (tree, peaks);
        if (ThreadScopes.Current is { } thread && thread == tree.Driver)
            thread.Charge();
        foreach (var peak in peaks)
            foreach (var block in peak.Blocks)
                if (block.Scope > 0 && tree[block.Scope].Stage == peak.Stage)
                    _peakBytes[block.Scope] = _peakBytes.GetValueOrDefault(block.Scope) + block.Bytes;
        foreach (var root in tree.Roots)
            TakeOffWaiting(root);
    }

    public RunProfile ToProfile(long steps)
    {
        var stages = _tree.Roots.Where(root => Total(root) is { Ticks: > 0 } or { AllocatedBytes: > 0 }).ToList();
        return new()
        {
            Seconds = stages.Sum(root => Seconds(Total(root).Ticks)),
            Steps = steps,
            Stages = [.. stages.Select(Stage)],
            Scopes = [.. stages.SelectMany(root => Fold([root], new("", ScopeCost.Other, "", false)))],
            Blocks = [.. stages.SelectMany(Blocks)],
            Entries = stages.SelectMany(All).Sum(node => node.Calls + node.OtherCalls),
            SecondsPerEntry = ScopeCostMeter.SecondsPerEntry(),
        };
    }

    private StageCost Stage(ScopeNode root)
    {
        var total = Total(root);
        var peak = _peaks.FirstOrDefault(p => p.Stage == root.Stage)?.Bytes ?? 0;
        return new(StageOf(root), Seconds(total.Ticks), peak, peak - total.PeakBytes);
    }

    // Scopes that differ in numbers and places alone are one, which stands before those within it.
    private IEnumerable<ScopeCost> Fold(IReadOnlyList<ScopeNode> alike, Surroundings around)
    {
        var first = alike[0];
        var here = around.Within(first.Scope);
        var (own, all) = (alike.Select(Own).Aggregate(Sum), alike.Select(Total).Aggregate(Sum));
        yield return new(StageOf(first), here.Path, here.Operator, here.Part, alike.MaxBy(n => Own(n).Ticks)!.Code, own.Calls,
            Seconds(all.Ticks), Seconds(own.Ticks), own.AllocatedBytes, own.PeakBytes);
        foreach (var children in alike.SelectMany(n => n.Children).GroupBy(n => (n.Scope.Name, n.Scope.Kind)))
            foreach (var cost in Fold([.. children], here))
                yield return cost;
    }

    private IEnumerable<BlockCost> Blocks(ScopeNode root) => All(root).Where(node => node.Scope.Index >= 0)
        .GroupBy(node => (node.Scope.Name, node.Scope.Index), (key, nodes) => (key.Name, key.Index, Total: nodes.Select(Total).Aggregate(Sum)))
        .OrderBy(b => b.Name, StringComparer.Ordinal).ThenBy(b => b.Index)
        .Select(b => new BlockCost(StageOf(root), b.Name, b.Index, Seconds(b.Total.Ticks), b.Total.AllocatedBytes, b.Total.PeakBytes));

    // The driving thread waits in the engine while other threads run backward: what they took is not its own.
    private void TakeOffWaiting(ScopeNode root)
    {
        var others = All(root).Sum(node => node.OtherTicks);
        foreach (var engine in All(root).Where(node => node.IsEngine).OrderByDescending(node => node.Ticks))
        {
            _waited[engine] = Math.Min(others, engine.Ticks);
            others -= _waited[engine];
        }
    }

    private Cost Own(ScopeNode node) => new(node.Calls + node.OtherCalls,
        node.Ticks + node.OtherTicks - _waited.GetValueOrDefault(node), node.AllocatedBytes, _peakBytes.GetValueOrDefault(node.Id));

    private Cost Total(ScopeNode node) => All(node).Select(Own).Aggregate(Sum);

    private static IEnumerable<ScopeNode> All(ScopeNode node) => node.Children.SelectMany(All).Prepend(node);

    private static Cost Sum(Cost a, Cost b) =>
        new(a.Calls + b.Calls, a.Ticks + b.Ticks, a.AllocatedBytes + b.AllocatedBytes, a.PeakBytes + b.PeakBytes);

    private static MemoryStage? StageOf(ScopeNode node) => node.Stage == MemoryLedger.Between ? null : (MemoryStage)node.Stage;

    private static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;

    private readonly record struct Cost(long Calls, long Ticks, long AllocatedBytes, long PeakBytes);

    /// <summary>Where a scope stands in the tables, from those around it.</summary>
    private sealed record Surroundings(string Path, string Operator, string Part, bool IsRecomputed)
    {
        public Surroundings Within(ScopeName scope)
        {
            var path = Path.Length == 0 ? scope.Name : Path + PeakAllocation.Separator + scope.Name;
            return scope.Kind switch
            {
                ScopeKind.Group => this with { Path = path },
                ScopeKind.Recomputed => this with { Path = path, IsRecomputed = true },
                ScopeKind.Part when Operator != ScopeCost.Other => this with { Path = path, Part = scope.Name },
                _ => new(path, IsRecomputed ? $"{scope.Name}, recomputed" : scope.Name, "", IsRecomputed),
            };
        }
    }
}
