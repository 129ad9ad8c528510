using PeftLabs.Adapters;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>Predicts a step's memory by going through it as the trainer does, with shapes alone.</summary>
internal sealed class StepPredictor
{
    // A step's batches beyond the first, a middle one and the last are like the middle one.
    private const int MostBatches = 3;

    private readonly TrainingPlan _plan;
    private readonly PlannedModel _model;
    private readonly MemoryWalk _walk = new();
    private readonly WalkTape _tape;
    private readonly OptimizerWalk _optimizer;
    private readonly IReadOnlyList<WalkParameter> _parameters;
    private readonly BlockPart[] _parts;
    private readonly Dictionary<MemoryStage, StagePrediction> _stages = [];

    public StepPredictor(TrainingPlan plan)
    {
        (_plan, _model, _tape) = (plan, new(plan), new(_walk));
        (_optimizer, _parameters) = (new(plan.Training, _walk), _model.Parameters);
        _parts = CheckpointChoice.Of(plan.Training.Execution, Tokens, plan.Config.HiddenSize, plan.Config.Layers,
            index => _model.Blocks[index].KeptBytes(Tokens));
    }

    private long Tokens => _plan.Batch * _plan.Tokens;

    private bool IsFused => _plan.Training.FusedStep;

    public IReadOnlyList<StagePrediction> Predict()
    {
        Load();
        _walk.New(StoredWeights.Streamed(_plan.Config, _plan.Loading));
        _optimizer.MakeState(_parameters);
        var batches = _plan.Training.Accumulate;
        _walk.New(PlanTerms.Batch, 16 * Tokens * batches);
        if (_parts.Any(p => p != BlockPart.None))
            _walk.New(PlanTerms.Anchor, sizeof(float));
        for (var batch = Math.Max(0, batches - MostBatches); batch < batches; batch++)
            Gradients(isLast: batch == batches - 1);
        _walk.Begin();
        if (IsFused)
            _optimizer.Take(_parameters);
        else
            _optimizer.Step(_parameters);
        End(MemoryStage.OptimizerStep);
        return [.. Enum.GetValues<MemoryStage>().Select(s => _stages[s])];
    }

    private void Load()
    {
        _walk.New(StoredWeights.Term(_plan.Config, _plan.Loading));
        if (_plan.Lora is not null)
            _walk.New(new("adapters", "4·Σ r·(in + out)", MemoryCategory.Adapters), _parameters.Sum(p => p.Bytes));
        _walk.Begin();
        End(MemoryStage.Load);
    }

    // One batch's forward and backward.
    private void Gradients(bool isLast)
    {
        using var recorded = _tape.Record();
        using var step = _walk.Scope();
        _walk.Begin();
        var loss = Forward(IsFused && isLast);
        End(MemoryStage.Forward);
        _walk.Begin();
        using (_walk.Scope())
            _tape.Run(loss, _walk.New(PlanTerms.Loss, sizeof(float)));
        End(MemoryStage.Backward);
    }

    private WalkValue Forward(bool isFused)
    {
        using var scope = _walk.Scope();
        // Whether each token is labelled; the labels; their places.
        var places = _walk.New(PlanTerms.Labels, 8 * _plan.LabelledTokens);
        _walk.New(PlanTerms.Labels, 8 * _plan.LabelledTokens);
        _walk.Pass(PlanTerms.Labels, Tokens);
        var states = States(isFused);
        var loss = new HeadWalk(_plan, _walk, _tape, _model.Head).Loss(states, places);
        _walk.MoveToOuter(loss.Block);
        return loss;
    }

    private WalkValue States(bool isFused)
    {
        using var scope = _walk.Scope();
        var tables = _plan.Packed ? Tokens : _plan.Tokens;
        var rotation = _walk.New(PlanTerms.Rotation, sizeof(float) * tables * _plan.Config.HeadSize);
        var blocks = new BlockWalk(_plan, _walk, _tape, rotation);
        var again = new CheckpointWalk(_plan, _walk, _tape, blocks, rotation);
        var kept = KeptTerms.Of(_plan.Training.SavedActivations);
        var x = Embed(blocks.Hidden);
        foreach (var (index, block) in _model.Blocks.Index())
        {
            Action? done = isFused ? () => _optimizer.Take(block.Parameters) : null;
            WalkValue next;
            using (_walk.Scope())
            {
                next = Block(blocks, again, block, _parts[index], x, kept, done);
                _walk.MoveToOuter(next.Block);
            }
            _walk.Release(_walk.Detach(x.Block));
            x = next;
        }
        var states = blocks.Norm(x, _model.FinalNorm, KeptTerms.Of(ActivationType.Float32));
        _walk.MoveToOuter(states.Block);
        return states;
    }

    private WalkValue Block(
        BlockWalk blocks, CheckpointWalk again, PlannedBlock block, BlockPart part, WalkValue x, KeptTerms kept, Action? done)
    {
        if (part == BlockPart.Block)
            return again.Apply(block, part, x, done);
        var attended = part.HasFlag(BlockPart.Attention) ? again.Apply(block, BlockPart.Attention, x, done) : Attended();
        return part.HasFlag(BlockPart.FeedForward) ? again.Apply(block, BlockPart.FeedForward, attended, null)
            : Half(attended, () => blocks.FeedForward(block, attended, kept));

        WalkValue Attended()
        {
            var marked = done is null ? x : Mark(x, done);
            return Half(marked, () => blocks.Attention(block, marked, kept));
        }

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

    private WalkValue Embed(long bytes)
    {
        var format = _plan.Loading.Embedding;
        var narrow = format == WeightFormat.BFloat16 || format == WeightFormat.Float16 ? _walk.Detach(_walk.New(PlanTerms.States, bytes / 2)) : null;
        var x = new WalkValue(_walk.New(PlanTerms.States, bytes), _model.Embedding is not null);
        if (narrow is not null)
            _walk.Release(narrow);
        if (_model.Embedding is { } embedding)
            _tape.Push(x, g =>
            {
                var gradient = _walk.Detach(_walk.New(PlanTerms.Gradients, embedding.Bytes));
                _walk.Release(g);
                _tape.Accumulate(embedding, gradient);
            });
        return x;
    }

    // A stage that runs several times has the last one's end, and the highest one's peak.
    private void End(MemoryStage stage)
    {
        var now = _walk.Done(stage);
        _stages[stage] = _stages.TryGetValue(stage, out var before) && before.PeakBytes > now.PeakBytes ? now with { Peak = before.Peak } : now;
    }
}
