using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>
/// A step in the mind: blocks of memory are made and let go in the order in which the code does it, within the scopes that own them
/// there, and what was alive when there was most is remembered. As in the meter, a block's name at the peak is the one that the rest of
/// its life gives it: an input that a later function keeps for backward was an activation already.
/// </summary>
internal sealed class MemoryWalk
{
    private readonly WalkCounts _counts = new();
    private readonly Stack<List<WalkBlock>> _scopes = new([[]]);
    private readonly Stack<List<WalkBlock>> _unused = new();
    private long _stageStart;
    private MemoryCategory _left;
    private MemoryCategory? _category;

    /// <summary>Makes a block that belongs to the running scope.</summary>
    public WalkBlock New(PlanTerm term, PlanSize size)
    {
        var kind = _counts.Kind(Here(term), size);
        _counts.Add(kind, 1);
        var block = new WalkBlock(kind, _counts.Event);
        _scopes.Peek().Add(block);
        return block;
    }

    /// <summary>Makes a block and lets it go at once.</summary>
    public void Pass(PlanTerm term, PlanSize size)
    {
        var kind = _counts.Kind(Here(term), size);
        _counts.Add(kind, 1);
        _counts.Add(kind, -1);
    }

    /// <summary>Makes so many like blocks that stay.</summary>
    public void Stay(PlanTerm term, PlanSize size, long count = 1) => _counts.Add(_counts.Kind(term, size), count);

    /// <summary>Frees whatever there is of a term.</summary>
    public void Clear(PlanTerm term) => _counts.Clear(term);

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
        {
            _counts.Settle();
            var kind = _counts.Kind(Here(term), block.Size);
            _counts.Move(block.Kind, kind, wasAtPeak: block.Birth <= _counts.PeakEvent);
            block.Kind = kind;
        }
        return Hold(block);
    }

    /// <summary>Holds a block once less; freed with its last holder.</summary>
    public void Release(WalkBlock block)
    {
        if (--block.Holders > 0)
            return;
        _counts.Add(block.Kind, -1);
        var term = block.Kind.Term;
        // What was to be what the stage leaves behind, and did not outlive it, was workspace.
        if (!term.IsExplicit && term.Category == _left && block.Birth > _stageStart && block.Birth <= _counts.PeakEvent)
            _counts.MoveInPeak(block.Kind, _counts.Kind(term.As(MemoryCategory.Workspace), block.Size));
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
    public long[] Alive() => _counts.Alive();

    /// <summary>Repeats so many times whatever has changed since the counts were taken.</summary>
    public void Repeat(long[] since, long times) => _counts.Repeat(since, times);

    /// <summary>Begins a stage: its peak is at least what is alive now.</summary>
    public void Begin(MemoryStage stage)
    {
        _counts.Begin();
        (_stageStart, _left) = (_counts.Event, stage switch
        {
            MemoryStage.Load => MemoryCategory.Weights,
            MemoryStage.Forward => MemoryCategory.Activations,
            MemoryStage.Backward => MemoryCategory.Gradients,
            _ => MemoryCategory.OptimizerState,
        });
    }

    /// <summary>Ends a stage: what is alive now, and at its peak.</summary>
    public StagePrediction Done(MemoryStage stage)
    {
        var (now, peak) = _counts.Terms();
        return new(stage, now, peak);
    }

    private PlanTerm Here(PlanTerm term) => _category is { } category ? term.As(category) : term;

    private sealed class Restore(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
