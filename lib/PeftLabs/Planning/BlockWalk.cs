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
    private readonly PlanSymbols _symbols;
    private readonly PlanSymbol _tokens;

    public BlockWalk(TrainingPlan plan, PlanSymbols symbols, MemoryWalk walk, WalkTape tape, WalkBlock rotation)
    {
        (_walk, _tape, _rotation, _symbols) = (walk, tape, rotation, symbols);
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
            var (q, k, v) = Heads(block, input, kept);
            using var attended = new WalkInput(_walk, _attention.Apply(block, q, k, v, kept), _tokens, kept.Type);
            output = _projections.Apply(block.Output, attended, null, kept, outputNeeded || block.AttentionPostNorm is not null);
            _walk.MoveToOuter(output.Block);
        }
        output = block.AttentionPostNorm is { } norm ? Norm(output, norm, kept) : output;
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
            var inputs = Array.ConvertAll(block.FeedForwardInputs, p => _projections.Apply(p, input, null, kept));
            using var gate = new WalkInput(_walk, inputs[0], _tokens, kept.Type);
            using var up = inputs.Length == 1 ? null : new WalkInput(_walk, inputs[1], _tokens, kept.Type);
            output = _projections.Apply(block.Down, gate, up, kept, outputNeeded || block.FeedForwardPostNorm is not null, isInner: true);
            _walk.MoveToOuter(output.Block);
        }
        output = block.FeedForwardPostNorm is { } norm ? Norm(output, norm, kept) : output;
        _walk.MoveToOuter(output.Block);
        return output;
    }

    private (WalkValue Q, WalkValue K, WalkValue V) Heads(PlannedBlock block, WalkInput input, KeptTerms kept)
    {
        if (block.AttentionInputs is [var fused])
            return Part(fused, input, kept);
        var (query, key, value) = (block.AttentionInputs[0], block.AttentionInputs[1], block.AttentionInputs[2]);
        var q = Rotate(HeadNorm(_projections.Apply(query, input, null, kept), block.QueryNorm, _symbols.Heads, kept));
        var k = Rotate(HeadNorm(_projections.Apply(key, input, null, kept), block.KeyNorm, _symbols.KeyHeads, kept));
        return (q, k, _projections.Apply(value, input, null, kept));
    }

    // One projection's rows are parted into three tensors, and go.
    private (WalkValue Q, WalkValue K, WalkValue V) Part(PlannedProjection projection, WalkInput input, KeptTerms kept)
    {
        var fused = _projections.Apply(projection, input, null, kept);
        WalkValue[] parts = [.. new[] { _symbols.Query, _symbols.Key, _symbols.Key }
            .Select(size => new WalkValue(_walk.New(PlanTerms.Products, sizeof(float) * _tokens * size), fused.NeedsGradient))];
        _walk.Release(_walk.Detach(fused.Block));
        if (fused.NeedsGradient)
        {
            var saved = _walk.Hold(_rotation);
            _tape.Push(parts[0], g =>
            {
                WalkBlock[] gradients = [g, parts[1].Gradient!, parts[2].Gradient!];
                (parts[1].Gradient, parts[2].Gradient) = (null, null);
                WalkBlock joined;
                using (_tape.Enter(gradients[0], gradients[1], gradients[2], saved))
                    joined = _tape.Return(_walk.New(PlanTerms.BackwardWork, fused.Block.Size));
                _tape.Accumulate(fused, joined);
            });
        }
        return (parts[0], parts[1], parts[2]);
    }

    private WalkValue HeadNorm(WalkValue x, PlannedNorm? norm, PlanSymbol heads, KeptTerms kept) =>
        norm is null ? x : Norm(x, norm, kept, sizeof(float) * _tokens * heads);

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

    /// <summary>A norm of hidden states.</summary>
    public WalkValue Norm(WalkValue x, PlannedNorm norm, KeptTerms kept) => Norm(x, norm, kept, sizeof(float) * _tokens);

    private WalkValue Norm(WalkValue x, PlannedNorm norm, KeptTerms kept, PlanSize roots)
    {
        using var scope = _walk.Scope();
        if (norm.AddsOne)
            _walk.New(PlanTerms.States, sizeof(float) * norm.Size);
        var y = new WalkValue(_walk.New(PlanTerms.States, x.Block.Size), _tape.Records && (x.NeedsGradient || norm.IsTrained));
        var inverse = _walk.New(y.NeedsGradient ? kept.Norm : PlanTerms.States, roots);
        if (y.NeedsGradient)
        {
            var packed = kept.Type == ActivationType.Float32
                ? _walk.Keep(x.Block, kept.Norm) : _walk.Detach(_walk.New(kept.Norm, x.Block.Size.Halved));
            WalkBlock[] saved = [packed, _walk.Hold(inverse)];
            _tape.Push(y, g => NormBackward(x, norm, saved, g));
        }
        _walk.MoveToOuter(y.Block);
        return y;
    }

    private void NormBackward(WalkValue x, PlannedNorm norm, WalkBlock[] saved, WalkBlock g)
    {
        WalkBlock? gx = null, gw = null, gb = null;
        using (_tape.Enter(g, saved))
        {
            if (norm.AddsOne)
                _walk.New(PlanTerms.BackwardWork, sizeof(float) * norm.Size);
            gb = norm.Bias is null ? null : _tape.Return(_walk.New(PlanTerms.Gradients, norm.Bias.Bytes));
            // What is left of x without its mean is made in the place of its gradient.
            if (x.NeedsGradient || norm.HasBias)
                gx = _walk.New(PlanTerms.BackwardWork, g.Size);
            gx = x.NeedsGradient ? _tape.Return(gx!) : null;
            gw = norm.Weight is null ? null : _tape.Return(_walk.New(PlanTerms.Gradients, norm.Weight.Bytes));
        }
        if (gx is not null)
            _tape.Accumulate(x, gx);
        if (gw is not null)
            _tape.Accumulate(norm.Weight!, gw);
        if (gb is not null)
            _tape.Accumulate(norm.Bias!, gb);
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
