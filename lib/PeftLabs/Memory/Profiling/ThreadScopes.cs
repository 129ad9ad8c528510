using System.Diagnostics;

namespace PeftLabs.Memory.Profiling;

/// <summary>Where a thread is in the tree of scopes.</summary>
internal sealed class ThreadScopes
{
    [ThreadStatic]
    private static ThreadScopes? t_current;

    private ScopeTree? _tree;
    private ScopeNode? _node;
    private long _since;

    /// <summary>This thread's; null where it never entered a scope.</summary>
    public static ThreadScopes? Current => t_current;

    /// <summary>This thread's, beginning with the stage itself in a tree that is new to it.</summary>
    public static ThreadScopes In(ScopeTree tree)
    {
        var scopes = t_current ??= new();
        if (scopes._tree != tree)
            (scopes._tree, scopes._node, scopes._since) = (tree, null, Stopwatch.GetTimestamp());
        return scopes;
    }

    /// <summary>The innermost open scope of a tree; null for none, which is the running stage.</summary>
    public ScopeNode? Node(ScopeTree tree) => _tree == tree ? _node : null;

    /// <summary>Goes to another scope; the time since the last change was the one's before.</summary>
    public void Switch(ScopeNode? node)
    {
        Charge();
        _node = node;
    }

    /// <summary>Counts the time since the last change. Outside all scopes only the driving thread's is the stage's: others are idle.</summary>
    public void Charge()
    {
        var now = Stopwatch.GetTimestamp();
        if (_tree!.IsCounting)
            Add(now - _since);
        _since = now;
    }

    private void Add(long ticks)
    {
        if (_tree!.Driver == this)
            (_node ?? _tree.Root).Ticks += ticks;
        else if (_node is { IsEngine: false })
            // In the engine it works or is idle: the driving thread, which waits for it there, counts that.
            Interlocked.Add(ref _node.OtherTicks, ticks);
    }

    /// <summary>Counts an entry.</summary>
    public void Count(ScopeNode node)
    {
        if (_tree!.Driver == this)
            node.Calls++;
        else
            Interlocked.Increment(ref node.OtherCalls);
    }
}
