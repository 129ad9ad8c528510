namespace PeftLabs.Planning;

/// <summary>
/// The graph of a walk, and backward through it in libtorch's order, the last node first. What custom functions return is held until the
/// next one begins, as <see cref="Models.BackwardScope"/> has it: so a parameter's first gradient is copied, and a sum of two is a third.
/// </summary>
internal sealed class WalkTape(MemoryWalk walk)
{
    private readonly List<WalkBlock> _returned = [];
    private Stack<(WalkValue? Output, Action<WalkBlock> Backward)>? _nodes;

    /// <summary>Whether functions record what backward needs.</summary>
    public bool Records => _nodes is not null;

    /// <summary>Records until the returned value is disposed; a tape within a tape is one of its own.</summary>
    public IDisposable Record() => Change([]);

    /// <summary>Records nothing until the returned value is disposed.</summary>
    public IDisposable Pause() => Change(null);

    /// <summary>Adds a node.</summary>
    public void Push(WalkValue output, Action<WalkBlock> backward) => _nodes!.Push((output, backward));

    /// <summary>Adds what happens when backward comes here, whatever gradients there are.</summary>
    public void Mark(Action passed) => _nodes?.Push((null, _ => passed()));

    /// <summary>Begins a custom function's backward: a scope that owns the gradient and the saved blocks.</summary>
    public WalkScope Enter(WalkBlock gradient, params IEnumerable<WalkBlock> saved)
    {
        Release();
        var scope = walk.Scope();
        walk.Attach(gradient);
        foreach (var block in saved)
            walk.Attach(block);
        return scope;
    }

    /// <summary>Gives a gradient of the running backward back: it is held until the next function begins.</summary>
    public WalkBlock Return(WalkBlock gradient)
    {
        _returned.Add(walk.Detach(gradient));
        return walk.Hold(gradient);
    }

    /// <summary>Lets go what the last function returned.</summary>
    public void Release()
    {
        _returned.ForEach(walk.Release);
        _returned.Clear();
    }

    /// <summary>Runs backward from a value. The gradient is the caller's.</summary>
    public void Run(WalkValue root, WalkBlock gradient)
    {
        root.Gradient = walk.Hold(gradient);
        while (_nodes!.TryPop(out var node))
        {
            if (node.Output is null)
                node.Backward(gradient);
            if (node.Output?.Gradient is not { } arrived)
                continue;
            node.Output.Gradient = null;
            node.Backward(arrived);
        }
        Release();
    }

    /// <summary>Brings a gradient, which the caller held, to a value; with one that is there it makes a sum.</summary>
    public void Accumulate(WalkValue value, WalkBlock gradient)
    {
        if (value.NeedsGradient)
            value.Gradient = Sum(value.Gradient, gradient, PlanTerms.BackwardWork);
        else
            walk.Release(gradient);
    }

    /// <summary>Brings a gradient to a parameter: its first is copied where something else holds it, later ones are added in place.</summary>
    public void Accumulate(WalkParameter parameter, WalkBlock gradient)
    {
        parameter.Waiting = Sum(parameter.Waiting, gradient, PlanTerms.Gradients);
        if (++parameter.Arrived < parameter.Uses)
            return;
        var whole = parameter.Waiting;
        (parameter.Waiting, parameter.Arrived) = (null, 0);
        if (parameter.Gradient is null)
            parameter.Gradient = Own(whole, PlanTerms.Gradients);
        else
            walk.Release(whole);
    }

    /// <summary>The block itself where nothing else holds it, or else a copy.</summary>
    public WalkBlock Own(WalkBlock block, PlanTerm term)
    {
        if (block.Holders == 1)
            return block;
        var copy = walk.Detach(walk.New(term, block.Size));
        walk.Release(block);
        return copy;
    }

    private WalkBlock Sum(WalkBlock? old, WalkBlock added, PlanTerm term)
    {
        if (old is null)
            return added;
        var sum = walk.Detach(walk.New(term, added.Size));
        walk.Release(old);
        walk.Release(added);
        return sum;
    }

    private Restore Change(Stack<(WalkValue?, Action<WalkBlock>)>? nodes)
    {
        var before = _nodes;
        _nodes = nodes;
        return new Restore(() => _nodes = before);
    }

    private sealed class Restore(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
