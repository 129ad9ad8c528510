using System.Diagnostics;

namespace PeftLabs.Memory.Profiling;

/// <summary>Measures what a scope costs.</summary>
internal static class ScopeCostMeter
{
    private const int Rounds = 40, Entries = 500;

    private static readonly ScopeName s_outer = new("outer", ScopeKind.Operator), s_inner = new("inner", ScopeKind.Part);

    /// <summary>Seconds to enter and leave a scope: the least of some rounds, on a thread and in a tree that count for nothing else.</summary>
    public static double SecondsPerEntry()
    {
        var least = double.PositiveInfinity;
        var thread = new Thread(() => least = Enumerable.Range(0, Rounds).Min(Round(new ScopeTree(synchronizes: false))));
        thread.Start();
        thread.Join();
        return least;
    }

    private static Func<int, double> Round(ScopeTree tree) => _ =>
    {
        var place = new CodePlace(nameof(Round), nameof(ScopeCostMeter), 0);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Entries; i += 2)
        {
            tree.Enter(s_outer, place);
            tree.Enter(s_inner, place);
            tree.Return(tree.Here.Parent);
            tree.Return(null);
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds / Entries;
    };
}
