using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>
/// A step in the mind: blocks of memory are made and let go in the order in which the code does it, within the scopes that own them
/// there, and the most that was alive is remembered, term by term. Blocks of one name are one term.
/// </summary>
internal sealed class MemoryWalk
{
    private readonly List<MemoryTerm> _alive = [];
    private readonly Stack<List<WalkBlock>> _scopes = new([[]]);
    private MemoryTerm[] _peak = [];
    private long _bytes, _peakBytes;

    /// <summary>Makes a block that belongs to the running scope.</summary>
    public WalkBlock New(PlanTerm term, long bytes)
    {
        var block = new WalkBlock(term, bytes);
        Add(term, bytes);
        _scopes.Peek().Add(block);
        return block;
    }

    /// <summary>Makes a block of a term, where it is not empty.</summary>
    public void New(MemoryTerm term)
    {
        if (term.Bytes > 0)
            New(new PlanTerm(term.Name, term.Formula, term.Category), term.Bytes);
    }

    /// <summary>Makes a block and lets it go at once.</summary>
    public void Pass(PlanTerm term, long bytes)
    {
        if (bytes == 0)
            return;
        Add(term, bytes);
        Add(term, -bytes);
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
        if (block.Term.Category == MemoryCategory.Workspace && term != block.Term)
        {
            Add(block.Term, -block.Bytes);
            Add(term, block.Bytes);
            block.Term = term;
        }
        return Hold(block);
    }

    /// <summary>Holds a block once less; freed with its last holder.</summary>
    public void Release(WalkBlock block)
    {
        if (--block.Holders == 0)
            Add(block.Term, -block.Bytes);
    }

    /// <summary>Begins a scope; what is made in it is let go when it is disposed.</summary>
    public IDisposable Scope()
    {
        _scopes.Push([]);
        return new End(() =>
        {
            foreach (var block in _scopes.Pop())
                Release(block);
        });
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

    /// <summary>Begins a stage: its peak is at least what is alive now.</summary>
    public void Begin() => (_peakBytes, _peak) = (_bytes, [.. _alive]);

    /// <summary>Ends a stage: what is alive now, and at its peak.</summary>
    public StagePrediction Done(MemoryStage stage) => new(stage, [.. _alive], _peak);

    private void Add(PlanTerm term, long bytes)
    {
        if (bytes == 0)
            return;
        var index = _alive.FindIndex(t => t.Name == term.Name);
        if (index < 0)
            _alive.Add(new(term.Name, term.Formula, term.Category, bytes));
        else if (_alive[index].Bytes + bytes == 0)
            _alive.RemoveAt(index);
        else
            _alive[index] = _alive[index] with { Bytes = _alive[index].Bytes + bytes };
        _bytes += bytes;
        if (_bytes > _peakBytes)
            (_peakBytes, _peak) = (_bytes, [.. _alive]);
    }

    private sealed class End(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
