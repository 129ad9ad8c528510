using PeftLabs.Memory;
using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>Predicts the memory of loading and of a step by going through them as the loader and the trainer do, with shapes alone.</summary>
internal sealed class StepPredictor
{
    private readonly TrainingPlan _plan;
    private readonly PlannedModel _model;
    private readonly MemoryWalk _walk = new();
    private readonly WalkTape _tape;
    private readonly OptimizerWalk _optimizer;
    private readonly BlockPart[] _parts;
    private readonly IReadOnlyList<LayerFold.Step> _layers;
    private readonly IReadOnlyList<WalkParameter> _parameters;
    private readonly Dictionary<MemoryStage, StagePrediction> _stages = [];

    /// <param name="plan">The plan.</param>
    /// <param name="wholly">Whether every layer is gone through, though it be like its neighbours.</param>
    public StepPredictor(TrainingPlan plan, bool wholly = false)
    {
        (_plan, _model, _tape) = (plan, new(plan), new(_walk));
        _optimizer = new(plan.Training, _walk);
        _parts = CheckpointChoice.Of(plan.Training.Execution, Tokens, plan.Config.HiddenSize, plan.Config.Layers,
            index => _model.KeptBytes(index, Tokens));
        _layers = wholly ? [.. _parts.Select((_, index) => new LayerFold.Step(index))]
            : LayerFold.Of([.. _parts.Select((part, index) => (KindOf(index) << 3) + (int)part)]);
        _parameters = _model.Trained([.. _layers.Select(l => _model.Blocks[l.Index])]);
    }

    private long Tokens => _plan.Batch * _plan.Tokens;

    private bool IsFused => _plan.Training.FusedStep;

    // Of parallel halves the first block's alone let its input go, where nothing before it is trained.
    private int KindOf(int index) => _plan.Config.IsParallel && index == 0 ? -1 : _model.KindOf(index);

    public IReadOnlyList<StagePrediction> Predict()
    {
        Load();
        var batches = _plan.Training.Accumulate;
        _walk.Stay(PlanTerms.Batch, batches == 1 ? 16 * _model.Symbols.Tokens : 16 * _model.Symbols.Accumulated * _model.Symbols.Tokens);
        if (_parts.Any(p => p != BlockPart.None))
            _walk.Stay(PlanTerms.Anchor, sizeof(float));
        // Gradients are made by the first batch and added to by the others, which are alike but for a step fused into the last.
        foreach (var isLast in batches == 1 ? [true] : batches == 2 || !IsFused ? [false, true] : new[] { false, false, true })
            Gradients(isLast);
        _walk.Begin(MemoryStage.OptimizerStep);
        if (IsFused)
            _optimizer.Take(_parameters);
        else
            _optimizer.Step(_parameters, _model.ParameterCounts.Sum(p => p.Count));
        _walk.Clear(PlanTerms.Gradients);
        End(MemoryStage.OptimizerStep);
        return [.. Enum.GetValues<MemoryStage>().Select(s => _stages[s])];
    }

    private void Load()
    {
        var load = new LoadWalk(_plan, _model, _walk);
        _walk.Begin(MemoryStage.Load);
        load.Load();
        End(MemoryStage.Load);
        if (_plan.Loading.Streaming is not null)
            load.Stream();
        _optimizer.MakeState(_model);
    }

    // One batch's forward and backward.
    private void Gradients(bool isLast)
    {
        using var recorded = _tape.Record();
        using var step = _walk.Scope();
        _walk.Begin(MemoryStage.Forward);
        var loss = Forward(IsFused && isLast);
        End(MemoryStage.Forward);
        _walk.Begin(MemoryStage.Backward);
        using (_walk.Scope())
            _tape.Run(loss, _walk.New(PlanTerms.Loss, sizeof(float)));
        End(MemoryStage.Backward);
    }

    private WalkValue Forward(bool isFused)
    {
        using var scope = _walk.Scope();
        // Whether each token is labelled; the labels; their places.
        var places = _walk.New(PlanTerms.Labels, 8 * _model.Symbols.Labelled);
        _walk.New(PlanTerms.Labels, 8 * _model.Symbols.Labelled);
        _walk.Pass(PlanTerms.Labels, 1 * _model.Symbols.Tokens);
        var states = States(isFused);
        var loss = new HeadWalk(_plan, _model.Symbols, _walk, _tape, _model.Head).Loss(states, places);
        _walk.MoveToOuter(loss.Block);
        return loss;
    }

    private WalkValue States(bool isFused)
    {
        using var scope = _walk.Scope();
        // Documents that begin anew within a row have positions of their own.
        var tables = _plan.Layout is { } layout && !Rotation.SharesTable(layout, _plan.Config.Rotary) ? _model.Symbols.Tokens : _model.Symbols.Row;
        var rotation = _walk.New(PlanTerms.Rotation, sizeof(float) * tables * _model.Symbols.Turned);
        var blocks = new BlockWalk(_plan, _model.Symbols, _walk, _tape, rotation);
        var again = new CheckpointWalk(_plan, _walk, _tape, blocks, rotation);
        var kept = KeptTerms.Of(_plan.Training.SavedActivations);
        var x = new EmbeddingWalk(_plan, _model, _walk, _tape).Embed();
        foreach (var layer in _layers)
        {
            var block = _model.Blocks[layer.Index];
            Action? done = isFused ? () => _optimizer.Take(block.Parameters) : null;
            WalkValue next;
            using (_walk.Scope())
            {
                next = Block(blocks, again, block, _parts[layer.Index], x, kept, done);
                _walk.MoveToOuter(next.Block);
            }
            _walk.Release(_walk.Detach(x.Block));
            x = next;
            Mark(layer);
        }
        var states = blocks.Norm(x, _model.FinalNorm, KeptTerms.Of(ActivationType.Float32));
        _walk.MoveToOuter(states.Block);
        return states;
    }

    // Where layers are left out, they are counted when the walk comes by, in both directions.
    private void Mark(LayerFold.Step layer)
    {
        if (layer.Run is not { } run)
            return;
        run.Pass(layer.Place, _walk, isForward: true);
        _tape.Mark(() => run.Pass(layer.Place, _walk, isForward: false));
    }

    private WalkValue Block(
        BlockWalk blocks, CheckpointWalk again, PlannedBlock block, BlockPart part, WalkValue x, KeptTerms kept, Action? done)
    {
        if (part == BlockPart.Block)
            return again.Apply(block, part, x, done);
        var marked = done is null || part.HasFlag(BlockPart.Attention) ? x : Mark(x, done);
        var attended = part.HasFlag(BlockPart.Attention) ? again.Apply(block, BlockPart.Attention, x, done)
            : Half(marked, () => blocks.Attention(block, marked, kept));
        var input = block.Config.IsParallel ? marked : attended;
        if (!part.HasFlag(BlockPart.FeedForward))
            return Half(attended, () => blocks.FeedForward(block, input, kept));
        return block.Config.IsParallel ? Half(attended, () => again.Apply(block, BlockPart.FeedForward, input, null))
            : again.Apply(block, BlockPart.FeedForward, attended, null);

        WalkValue Half(WalkValue value, Func<WalkValue> branch)
        {
            using var scope = _walk.Scope();
            var sum = blocks.Add(value, branch());
            _walk.MoveToOuter(sum.Block);
            return sum;
        }
    }

    private WalkValue Mark(WalkValue x, Action done)
    {
        var marked = new WalkValue(x.Block, x.NeedsGradient);
        if (marked.NeedsGradient)
            _tape.Push(marked, g =>
            {
                WalkBlock gradient;
                using (_tape.Enter(g))
                {
                    done();
                    gradient = _tape.Return(g);
                }
                _tape.Accumulate(x, gradient);
            });
        return marked;
    }

    // A stage that runs several times has the last one's end, and the highest one's peak.
    private void End(MemoryStage stage)
    {
        var now = _walk.Done(stage);
        _stages[stage] = _stages.TryGetValue(stage, out var before) && before.PeakBytes > now.PeakBytes ? now with { Peak = before.Peak } : now;
    }
}
