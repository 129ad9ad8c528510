using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>
/// The memory of a block's halves as <see cref="DecoderBlock"/> computes them with the CPU's kernels: norm, rotation and SwiGLU have no
/// temporaries.
/// </summary>
internal sealed class BlockWalk
{
    private readonly MemoryWalk _walk;
    private readonly WalkTape _tape;
    private readonly ProjectionWalk _projections;
    private readonly AttentionWalk _attention;
    private readonly WalkBlock _rotation;
    private readonly PlanSymbol _tokens;

    public BlockWalk(TrainingPlan plan, PlanSymbols symbols, MemoryWalk walk, WalkTape tape, WalkBlock rotation)
    {
        (_walk, _tape, _rotation) = (walk, tape, rotation);
        (_projections, _attention) = (new(walk, tape), new(plan, symbols, walk, tape));
        (_tokens, Hidden) = (symbols.Tokens, symbols.States);
    }

    /// <summary>Bytes of one tensor of hidden states.</summary>
    public PlanSize Hidden { get; }

    /// <summary>attention(norm(x)).</summary>
    public WalkValue Attention(PlannedBlock block, WalkValue x, KeptTerms kept, bool outputNeeded = true)
    {
        using var outer = _walk.Scope();
        var y = Norm(x, block.AttentionNorm, kept);
        WalkValue output;
        using (_walk.Scope())
        {
            using var input = new WalkInput(_walk, y, _tokens, kept.Type);
            var q = Rotate(_projections.Apply(block.Query, input, null, kept));
            var k = Rotate(_projections.Apply(block.Key, input, null, kept));
            var v = _projections.Apply(block.Value, input, null, kept);
            using var attended = new WalkInput(_walk, _attention.Apply(q, k, v, kept), _tokens, kept.Type);
            output = _projections.Apply(block.Output, attended, null, kept, outputNeeded);
            _walk.MoveToOuter(output.Block);
        }
        _walk.MoveToOuter(output.Block);
        return output;
    }

    /// <summary>feedForward(norm(x)).</summary>
    public WalkValue FeedForward(PlannedBlock block, WalkValue x, KeptTerms kept, bool outputNeeded = true)
    {
        using var outer = _walk.Scope();
        var y = Norm(x, block.FeedForwardNorm, kept);
        WalkValue output;
        using (_walk.Scope())
        {
            using var input = new WalkInput(_walk, y, _tokens, kept.Type);
            using var gate = new WalkInput(_walk, _projections.Apply(block.Gate, input, null, kept), _tokens, kept.Type);
            using var up = new WalkInput(_walk, _projections.Apply(block.Up, input, null, kept), _tokens, kept.Type);
            output = _projections.Apply(block.Down, gate, up, kept, outputNeeded);
            _walk.MoveToOuter(output.Block);
        }
        _walk.MoveToOuter(output.Block);
        return output;
    }

    /// <summary>x + branch.</summary>
    public WalkValue Add(WalkValue x, WalkValue branch)
    {
        var sum = new WalkValue(_walk.New(PlanTerms.States, Hidden), _tape.Records && (x.NeedsGradient || branch.NeedsGradient));
        if (sum.NeedsGradient)
            _tape.Push(sum, g =>
            {
                _tape.Accumulate(x, _walk.Hold(g));
                _tape.Accumulate(branch, g);
            });
        return sum;
    }

    /// <summary>RMS norm.</summary>
    public WalkValue Norm(WalkValue x, WalkParameter? weight, KeptTerms kept)
    {
        using var scope = _walk.Scope();
        var y = new WalkValue(_walk.New(PlanTerms.States, Hidden), _tape.Records && (x.NeedsGradient || weight is not null));
        var inverse = _walk.New(y.NeedsGradient ? kept.Norm : PlanTerms.States, sizeof(float) * _tokens);
        if (y.NeedsGradient)
        {
            var packed = kept.Type == ActivationType.Float32
                ? _walk.Keep(x.Block, kept.Norm) : _walk.Detach(_walk.New(kept.Norm, Hidden.Halved));
            WalkBlock[] saved = [packed, _walk.Hold(inverse)];
            _tape.Push(y, g => NormBackward(x, weight, saved, g));
        }
        _walk.MoveToOuter(y.Block);
        return y;
    }

    private void NormBackward(WalkValue x, WalkParameter? weight, WalkBlock[] saved, WalkBlock g)
    {
        WalkBlock? gx = null, gw = null;
        using (_tape.Enter(g, saved))
        {
            if (x.NeedsGradient)
                gx = _tape.Return(_walk.New(PlanTerms.BackwardWork, Hidden));
            if (weight is not null)
                gw = _tape.Return(_walk.New(PlanTerms.Gradients, weight.Bytes));
        }
        if (gx is not null)
            _tape.Accumulate(x, gx);
        if (gw is not null)
            _tape.Accumulate(weight!, gw);
    }

    private WalkValue Rotate(WalkValue x)
    {
        var y = new WalkValue(_walk.New(PlanTerms.Products, x.Block.Size), x.NeedsGradient);
        if (!y.NeedsGradient)
            return y;
        var saved = _walk.Hold(_rotation);
        _tape.Push(y, g =>
        {
            WalkBlock gx;
            using (_tape.Enter(g, saved))
                gx = _tape.Return(_walk.New(PlanTerms.BackwardWork, x.Block.Size));
            _tape.Accumulate(x, gx);
        });
        return y;
    }
}
