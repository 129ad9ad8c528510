using TorchSharp;

namespace PeftLabs.Memory.Profiling;

/// <summary>The scopes of a run, by stage. One tree at most is running: scopes are entered in it.</summary>
internal sealed class ScopeTree
{
    // Where scopes are nested without end, from so many on inner ones are not told apart.
    private const int MostNodes = 1 << 16;

    private static volatile ScopeTree? s_running;

    private readonly Lock _lock = new();
    private readonly bool _synchronizes;
    private readonly ScopeNode[] _roots;
    private ScopeNode[] _nodes = new ScopeNode[256];
    private int _count;
    private volatile ScopeNode _root;

    public ScopeTree(bool synchronizes)
    {
        _synchronizes = synchronizes;
        _roots = [.. Enumerable.Range(0, MemoryLedger.Between + 1).Select(stage => new ScopeNode(
            this, null, new(StageCost.Name(stage == MemoryLedger.Between ? null : (MemoryStage)stage), ScopeKind.Group), default, stage))];
        _root = _roots[0];
        Driver = ThreadScopes.In(this);
    }

    /// <summary>The tree in which scopes are entered; null where nobody profiles.</summary>
    public static ScopeTree? Running => s_running;

    /// <summary>The thread that entered the running stage: its time is the run's.</summary>
    public ThreadScopes Driver { get; private set; }

    /// <summary>The node of the running stage.</summary>
    public ScopeNode Root => _root;

    /// <summary>Stages by their number, then <see cref="MemoryLedger.Between"/>.</summary>
    public IReadOnlyList<ScopeNode> Roots => _roots;

    /// <summary>Lets scopes be entered here.</summary>
    /// <returns>False where another tree is running.</returns>
    public bool TryStart() => Interlocked.CompareExchange(ref s_running, this, null) is null;

    /// <summary>Ends that; the time until now is counted, and none from here on.</summary>
    public void Stop()
    {
        if (Interlocked.CompareExchange(ref s_running, null, this) == this && ThreadScopes.Current == Driver)
            Driver.Charge();
        IsCounting = false;
    }

    /// <summary>Goes on after <see cref="Stop"/>; the time between is left out.</summary>
    public void Continue()
    {
        ThreadScopes.In(this).Charge();
        IsCounting = true;
        TryStart();
    }

    /// <summary>Whether time counts.</summary>
    public bool IsCounting { get; private set; } = true;

    /// <summary>A node by its number.</summary>
    public ScopeNode this[int id] => Volatile.Read(ref _nodes)[id - 1];

    /// <summary>The scope that this thread is in; of a thread of libtorch's engine, that in which the driving thread waits for it.
    /// Allocates nothing.</summary>
    public ScopeNode Here => ThreadScopes.Current?.Node(this) ?? Waiting(ThreadScopes.Current) ?? _root;

    /// <summary>Enters a scope within the one that this thread is in.</summary>
    public ProfileScope Enter(in ScopeName scope, in CodePlace place)
    {
        var thread = ThreadScopes.In(this);
        return Enter(thread, (thread.Node(this) ?? _root).Child(scope, place), thread.Node(this));
    }

    /// <summary>Enters a scope of the running stage, whatever this thread is in.</summary>
    public ProfileScope Enter(ScopePath path, in CodePlace place)
    {
        var thread = ThreadScopes.In(this);
        return Enter(thread, path.In(_root, place), thread.Node(this));
    }

    /// <summary>
    /// The same for a function that libtorch's engine calls. What the engine does next follows from it, and counts as its own, or as that
    /// of <paramref name="after"/>.
    /// </summary>
    public ProfileScope EnterCalled(ScopePath path, ScopePath? after, in CodePlace place)
    {
        var thread = ThreadScopes.In(this);
        var (before, node) = (thread.Node(this), path.In(_root, place));
        var isCalled = before is { IsEngine: true } || before is null && Waiting(thread) is not null;
        return Enter(thread, node, isCalled ? (after?.In(_root, place) ?? node).Engine(place) : before);
    }

    /// <summary>Leaves whatever this thread is in, which <see cref="Return"/> restores.</summary>
    public ScopeNode? Suspend()
    {
        var thread = ThreadScopes.In(this);
        var before = thread.Node(this);
        thread.Switch(null);
        return before;
    }

    /// <summary>Goes back to a scope, if the tree is running.</summary>
    public void Leave(ScopeNode? restored)
    {
        if (s_running == this)
            Return(restored);
    }

    /// <summary>The same, whether the tree is running or not.</summary>
    public void Return(ScopeNode? restored)
    {
        Synchronize();
        ThreadScopes.In(this).Switch(restored);
    }

    /// <summary>Ends the running stage and begins another, which this thread drives.</summary>
    public void EnterStage(int stage)
    {
        var thread = ThreadScopes.In(this);
        thread.Charge();
        (_root, Driver) = (_roots[stage], thread);
        IsInStep |= IsCounting && stage is not (0 or MemoryLedger.Between);
    }

    /// <summary>Whether a stage of a step was entered since this was last set.</summary>
    public bool IsInStep { get; set; }

    /// <summary>Forgets the costs so far of the stages from one on.</summary>
    public void Clear(int firstStage)
    {
        ThreadScopes.In(this).Charge();
        lock (_lock)
            foreach (var node in _nodes.AsSpan(0, _count))
                if (node.Stage >= firstStage)
                    node.Clear();
    }

    public ScopeNode Add(ScopeNode parent, in ScopeName scope, in CodePlace place)
    {
        lock (_lock)
            return _count < MostNodes ? parent.Append(scope, place) : parent;
    }

    public int Register(ScopeNode node)
    {
        if (_count == _nodes.Length)
            Array.Resize(ref _nodes, 2 * _count);
        _nodes[_count] = node;
        return ++_count;
    }

    private ProfileScope Enter(ThreadScopes thread, ScopeNode node, ScopeNode? restored)
    {
        Synchronize();
        thread.Switch(node);
        thread.Count(node);
        return new(this, restored);
    }

    // Where the driving thread waits in the engine, on whose threads another one may be.
    private ScopeNode? Waiting(ThreadScopes? other) => other != Driver && Driver.Node(this) is { IsEngine: true } node ? node : null;

    private void Synchronize()
    {
        if (_synchronizes)
            torch.cuda.synchronize();
    }
}
