namespace PeftLabs.Memory.Profiling;

/// <summary>A scope within the scopes around it, with what it cost. A node is made when it is first entered, and found from then on.</summary>
internal sealed class ScopeNode
{
    // Scopes with ever new names or numbers must neither eat memory nor be searched for long: from so many on they are not told apart.
    private const int MostChildren = 1024;

    private readonly ScopeTree _tree;
    private readonly CodePlace _place;
    private volatile ScopeNode? _first, _found, _next;
    private ScopeNode? _last, _engine;
    private long _otherCalls, _otherTicks;
    private int _children;

    public ScopeNode(ScopeTree tree, ScopeNode? parent, ScopeName scope, in CodePlace place, int stage)
    {
        (_tree, _place, Parent, Scope, Stage) = (tree, place, parent, scope, stage);
        Id = tree.Register(this);
    }

    /// <summary>Its number in the tree, from 1.</summary>
    public int Id { get; }

    /// <summary>The scope around it; null for a stage.</summary>
    public ScopeNode? Parent { get; }

    /// <summary>What it is called.</summary>
    public ScopeName Scope { get; }

    /// <summary>The stage, or 4 for the time between two.</summary>
    public int Stage { get; }

    /// <summary>Whether it is libtorch's engine.</summary>
    public bool IsEngine => Scope.Is(ScopeName.Engine);

    /// <summary>Where it was first opened; what the engine does is no code of ours.</summary>
    public string Code => IsEngine ? $"libtorch, from {_place}" : _place.ToString();

    /// <summary>Times that the driving thread entered it.</summary>
    public long Calls { get; set; }

    /// <summary>That thread's ticks in it and in no inner scope.</summary>
    public long Ticks { get; set; }

    /// <summary>Times that other threads entered it.</summary>
    public ref long OtherCalls => ref _otherCalls;

    /// <summary>Their ticks.</summary>
    public ref long OtherTicks => ref _otherTicks;

    /// <summary>Bytes allocated in it; written under the meter's lock.</summary>
    public long AllocatedBytes { get; set; }

    /// <summary>The scopes within, in the order in which they were first entered.</summary>
    public IEnumerable<ScopeNode> Children
    {
        get
        {
            for (var child = _first; child is not null; child = child._next)
                yield return child;
        }
    }

    /// <summary>The engine's work that follows this function's.</summary>
    public ScopeNode Engine(in CodePlace place) => _engine ??= Child(ScopeName.Engine, place);

    /// <summary>
    /// The scope within. Scopes follow each other as they did before: the search begins with the one found last, and that or the next is
    /// nearly always the one.
    /// </summary>
    public ScopeNode Child(in ScopeName scope, in CodePlace place)
    {
        var start = _found;
        var found = Search(start, null, scope, place) ?? Search(_first, start, scope, place);
        if (found is null && (found = _tree.Add(this, scope, place)) == this)
            return this;
        return _found = found;
    }

    /// <summary>A child after all others, or itself where it has too many; the tree's lock is held.</summary>
    public ScopeNode Append(in ScopeName scope, in CodePlace place)
    {
        // Another thread may have been first.
        if (Search(_first, null, scope, place) is { } found)
            return found;
        if (++_children > MostChildren)
            return this;
        var child = new ScopeNode(_tree, this, scope, place, Stage);
        if (_last is null)
            _first = child;
        else
            _last._next = child;
        return _last = child;
    }

    /// <summary>Forgets what it cost.</summary>
    public void Clear() => Calls = Ticks = OtherCalls = OtherTicks = AllocatedBytes = 0;

    private static ScopeNode? Search(ScopeNode? from, ScopeNode? to, in ScopeName scope, in CodePlace place)
    {
        for (var node = from; node is not null && node != to; node = node._next)
            // A group is one wherever it is opened; two operators of a name are told apart by their places.
            if (node.Scope.Is(scope) && (scope.IsGroup || node._place.Is(place)))
                return node;
        return null;
    }
}
