using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>
/// A step in the mind: blocks of memory are made and let go in the order in which the code does it, within the scopes that own them
/// there, and what was alive when there was most is remembered. As in the meter, a block's name at the peak is the one that the rest of
/// its life gives it: an input that a later function keeps for backward was an activation already.
/// </summary>
internal sealed class MemoryWalk
{
    private readonly Dictionary<(PlanTerm, PlanSize), WalkKind> _kinds = [];
    private readonly List<WalkKind> _byId = [];
    private readonly Stack<List<WalkBlock>> _scopes = new([[]]);
    private readonly Stack<List<WalkBlock>> _unused = new();
    private long[] _alive = new long[128], _peak = new long[128];
    private long _bytes, _peakBytes, _events, _peakEvent, _stageStart;
    private bool _atPeak;
    private MemoryCategory _left;
    private MemoryCategory? _category;

    /// <summary>Makes a block that belongs to the running scope.</summary>
    public WalkBlock New(PlanTerm term, PlanSize size)
    {
        var block = new WalkBlock(Kind(Here(term), size), ++_events);
        Add(block.Kind, 1);
        _scopes.Peek().Add(block);
        return block;
    }

    /// <summary>Makes a block and lets it go at once.</summary>
    public void Pass(PlanTerm term, PlanSize size)
    {
        var kind = Kind(Here(term), size);
        _events++;
        Add(kind, 1);
        Add(kind, -1);
    }

    /// <summary>Makes so many like blocks that stay.</summary>
    public void Stay(PlanTerm term, PlanSize size, long count = 1) => Add(Kind(term, size), count);

    /// <summary>Frees whatever there is of a term.</summary>
    public void Clear(PlanTerm term)
    {
        foreach (var kind in _byId.Where(k => k.Term == term))
            Add(kind, -_alive[kind.Id]);
    }

    /// <summary>Holds a block once more.</summary>
    public WalkBlock Hold(WalkBlock block)
    {
        block.Holders++;
        return block;
    }

    /// <summary>Holds a block that waits for backward, and says as what.</summary>
    public WalkBlock Keep(WalkBlock block, PlanTerm term)
    {
        if (block.Kind.Term.IsTemporary)
            Rename(block, Kind(Here(term), block.Size));
        return Hold(block);
    }

    /// <summary>Holds a block once less; freed with its last holder.</summary>
    public void Release(WalkBlock block)
    {
        if (--block.Holders > 0)
            return;
        Add(block.Kind, -1);
        // What was to be what the stage leaves behind, and did not outlive it, was workspace.
        if (!block.Kind.Term.IsExplicit && block.Kind.Term.Category == _left && block.Birth > _stageStart && block.Birth <= _peakEvent)
            MoveInPeak(block.Kind, Kind(block.Kind.Term.As(MemoryCategory.Workspace), block.Size));
    }

    /// <summary>Begins a scope; what is made in it is let go when it is disposed.</summary>
    public WalkScope Scope()
    {
        _scopes.Push(_unused.TryPop(out var list) ? list : []);
        return new(this);
    }

    /// <summary>Lets go what the running scope owns.</summary>
    public void EndScope()
    {
        var blocks = _scopes.Pop();
        foreach (var block in blocks)
            Release(block);
        blocks.Clear();
        _unused.Push(blocks);
    }

    /// <summary>Gives whatever does not say its own a category, until the returned value is disposed.</summary>
    public IDisposable In(MemoryCategory category)
    {
        var before = _category;
        _category = category;
        return new Restore(() => _category = before);
    }

    /// <summary>Gives a block of the running scope to the one around it.</summary>
    public WalkBlock MoveToOuter(WalkBlock block)
    {
        var inner = _scopes.Pop();
        if (inner.Remove(block))
            _scopes.Peek().Add(block);
        _scopes.Push(inner);
        return block;
    }

    /// <summary>Takes a block out of the running scope; the caller holds it.</summary>
    public WalkBlock Detach(WalkBlock block) => _scopes.Peek().Remove(block) ? block : Hold(block);

    /// <summary>Makes the running scope hold a block that the caller held.</summary>
    public void Attach(WalkBlock block) => _scopes.Peek().Add(block);

    /// <summary>How many blocks of each kind are alive.</summary>
    public long[] Alive() => _alive[.._byId.Count];

    /// <summary>Repeats so many times whatever has changed since the counts were taken.</summary>
    public void Repeat(long[] since, long times)
    {
        Settle();
        foreach (var kind in _byId)
        {
            var change = times * (_alive[kind.Id] - (kind.Id < since.Length ? since[kind.Id] : 0));
            _alive[kind.Id] += change;
            _bytes += change * kind.Bytes;
        }
        Raise();
    }

    /// <summary>Begins a stage: its peak is at least what is alive now.</summary>
    public void Begin(MemoryStage stage)
    {
        (_peakBytes, _atPeak, _stageStart) = (_bytes, true, _events);
        _left = stage switch
        {
            MemoryStage.Load => MemoryCategory.Weights,
            MemoryStage.Forward => MemoryCategory.Activations,
            MemoryStage.Backward => MemoryCategory.Gradients,
            _ => MemoryCategory.OptimizerState,
        };
    }

    /// <summary>Ends a stage: what is alive now, and at its peak.</summary>
    public StagePrediction Done(MemoryStage stage)
    {
        Settle();
        return new(stage, Terms(_alive), Terms(_peak));
    }

    private PlannedTerms Terms(long[] counts) => new([.. _byId.Where(k => counts[k.Id] != 0 && k.Bytes > 0).Select(k => (k, counts[k.Id]))]);

    private PlanTerm Here(PlanTerm term) => _category is { } category ? term.As(category) : term;

    private WalkKind Kind(PlanTerm term, PlanSize size)
    {
        if (_kinds.TryGetValue((term, size), out var kind))
            return kind;
        kind = new(_byId.Count, term, size);
        _byId.Add(kind);
        _kinds.Add((term, size), kind);
        if (_byId.Count > _alive.Length)
        {
            Array.Resize(ref _alive, 2 * _alive.Length);
            Array.Resize(ref _peak, _alive.Length);
        }
        return kind;
    }

    private void Rename(WalkBlock block, WalkKind kind)
    {
        Settle();
        _alive[block.Kind.Id]--;
        _alive[kind.Id]++;
        if (block.Birth <= _peakEvent)
            MoveInPeak(block.Kind, kind);
        block.Kind = kind;
    }

    private void MoveInPeak(WalkKind from, WalkKind to)
    {
        _peak[from.Id]--;
        _peak[to.Id]++;
    }

    private void Add(WalkKind kind, long count)
    {
        if (count < 0)
            Settle();
        _alive[kind.Id] += count;
        _bytes += count * kind.Bytes;
        Raise();
    }

    private void Raise()
    {
        if (_bytes > _peakBytes)
            (_peakBytes, _atPeak) = (_bytes, true);
    }

    // Counts are copied only when something is freed after there was more than ever.
    private void Settle()
    {
        if (!_atPeak)
            return;
        Array.Copy(_alive, _peak, _byId.Count);
        (_atPeak, _peakEvent) = (false, _events);
    }

    private sealed class Restore(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
