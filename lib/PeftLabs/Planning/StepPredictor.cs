using PeftLabs.Adapters;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Planning;

/// <summary>Predicts a step's memory from formulas in the model's shape.</summary>
internal sealed class StepPredictor
{
    private readonly TrainingPlan _plan;
    private readonly long _vocabulary, _hidden, _labelled;
    private readonly MemoryTerm _weights, _adapters, _state, _gradients, _activations, _rotation, _logits, _predicting, _places, _batch;

    public StepPredictor(TrainingPlan plan)
    {
        var c = plan.Config;
        (_plan, _vocabulary, _hidden, _labelled) = (plan, c.VocabularySize, c.HiddenSize, plan.LabelledTokens);
        var full = plan.Lora is null;
        var trained = full ? c.Parameters : Adapters();
        _weights = StoredWeights.Term(c, plan.Loading);
        _adapters = new("adapters", "4·Σ r·(in + out)", MemoryCategory.Adapters, full ? 0 : 4 * trained);
        _state = new("AdamW's two moments", full ? "8·P" : "8·Σ r·(in + out)", MemoryCategory.OptimizerState, 8 * trained);
        _gradients = new("gradients", full ? "4·P" : "4·Σ r·(in + out)", MemoryCategory.Gradients, 4 * trained);
        var kept = Enumerable.Range(0, c.Layers).Sum(l => BlockActivations.Bytes(plan, l)) + 4 * plan.Batch * plan.Tokens * (_hidden + 1);
        _activations = new("activations", full ? "4·N·(L·(5h + 2q + 2k + 2f + 2) + h + 1)" : "4·N·Σ what trained projections need",
            MemoryCategory.Activations, kept);
        _rotation = new("cosines and sines", "4·T·d", MemoryCategory.Activations, 4 * plan.Tokens * c.HeadSize);
        _logits = new("logits", "4·n·V", MemoryCategory.Workspace, 4 * _labelled * _vocabulary);
        _predicting = new("the head's input", "4·n·h", MemoryCategory.Workspace, full ? 4 * _labelled * _hidden : 0);
        _places = new("places of the labels", "8·n", MemoryCategory.Workspace, 8 * _labelled);
        _batch = new("the batch and the loss", "16·N + 4", MemoryCategory.Workspace, 16 * plan.Batch * plan.Tokens + 4);
    }

    public IReadOnlyList<StagePrediction> Predict()
    {
        MemoryTerm[] loaded = [_weights, _adapters];
        MemoryTerm[] steady = [.. loaded, StoredWeights.Streamed(_plan.Config, _plan.Loading), _state, _batch];
        MemoryTerm[] kept = [.. steady, _activations, _rotation, _logits, _predicting, _places];
        return
        [
            new(MemoryStage.Load, loaded, loaded),
            new(MemoryStage.Forward, kept, [.. kept, ForwardWorkspace()]),
            new(MemoryStage.Backward, [.. steady, _gradients], BackwardPeak(kept, steady)),
            new(MemoryStage.OptimizerStep, steady, [.. steady, _gradients]),
        ];
    }

    // While the head is read: the final hidden states, those that predict, the labels, and the tile through which it is read.
    private MemoryTerm ForwardWorkspace()
    {
        var tokens = _plan.Batch * _plan.Tokens;
        var head = StoredWeights.HeadFormat(_plan.Config, _plan.Loading);
        return Workspace("hidden states, labels and the head's tile", "4·h·(N + n) + 8·n + tile",
            4 * _hidden * (tokens + (_plan.Lora is null ? 0 : _labelled)) + 8 * _labelled
            + TileBuffer.ForwardBytes(head, _vocabulary, _hidden));
    }

    private IReadOnlyList<MemoryTerm> BackwardPeak(MemoryTerm[] kept, MemoryTerm[] steady)
    {
        if (_plan.Lora is not null)
            return Larger(HeadBackward(kept), FeedForward(steady));
        // The head's gradient comes while everything is still alive. Where the head is tied to the embedding, the embedding's gradient
        // comes last, and is added to the head's in a third tensor of that size.
        MemoryTerm head = new("the head's gradient", "4·V·h", MemoryCategory.Gradients, 4 * _vocabulary * _hidden);
        MemoryTerm[] first = [.. kept, head, Workspace("gradient of the hidden states", "4·n·h", 4 * _labelled * _hidden)];
        var tied = _plan.Config.TiedEmbeddings ? 8 * _vocabulary * _hidden : 0;
        MemoryTerm[] last = [.. steady, _gradients, Workspace("sum of the tied gradients", "8·V·h", tied)];
        return Larger(first, FeedForward(steady), last);
    }

    // The gradient of the head's input, while a head that is not in float32 is decoded tile by tile.
    private MemoryTerm[] HeadBackward(MemoryTerm[] kept)
    {
        var stored = StoredWeights.HeadFormat(_plan.Config, _plan.Loading) != WeightFormat.Float32;
        var tile = stored ? TileBuffer.Bytes(_vocabulary, _hidden) : 0;
        return [.. kept, Workspace("gradient of the hidden states and the head's tile", "4·n·h + tile", 4 * _labelled * _hidden + tile)];
    }

    // Backward through the last block's SwiGLU: all other activations are still there, and, of its width, the gradients of gate and up,
    // and their product where it is needed again.
    private MemoryTerm[] FeedForward(MemoryTerm[] steady)
    {
        var (c, tokens) = (_plan.Config, _plan.Batch * _plan.Tokens);
        var down = ProjectionShape.Of(c, c.Layers - 1).Last();
        var trained = _plan.Lora is null || BlockActivations.Targets(_plan, down);
        var rank = _plan.Lora is not null && trained ? Rank(down) : 0;
        var gone = 4 * tokens * (_hidden + 1);
        long gradients = _plan.Lora is null ? 4 * down.In * down.Out : 4 * rank * (down.In + down.Out);
        return
        [
            .. steady, _rotation,
            new("activations but the final norm's", "all − 4·N·(h + 1)", MemoryCategory.Activations, _activations.Bytes - gone),
            new("the last projection's gradient", "4·f·h", MemoryCategory.Gradients, gradients),
            Workspace("the head's gradient", "4·V·h", _plan.Lora is null ? 4 * _vocabulary * _hidden : 0),
            Workspace("gradients within SwiGLU", trained ? "4·N·(3f + h)" : "4·N·(2f + h)",
                4 * tokens * ((trained ? 3L : 2L) * c.IntermediateSize + _hidden)),
        ];
    }

    private static IReadOnlyList<MemoryTerm> Larger(params MemoryTerm[][] candidates) =>
        candidates.MaxBy(terms => terms.Sum(t => t.Bytes))!;

    private long Adapters() => Projections().Sum(s => Rank(s) * (s.In + s.Out) + TrainedBias(s));

    private long TrainedBias(ProjectionShape s) => s.Bias && _plan.Lora!.Bias != Formats.AdapterBias.None ? s.Out : 0;

    private IEnumerable<ProjectionShape> Projections() => Enumerable.Range(0, _plan.Config.Layers)
        .SelectMany(l => ProjectionShape.Of(_plan.Config, l)).Where(s => BlockActivations.Targets(_plan, s));

    private long Rank(ProjectionShape shape) => _plan.Lora!.RankOf(shape.Path);

    private static MemoryTerm Workspace(string name, string formula, long bytes) => new(name, formula, MemoryCategory.Workspace, bytes);
}
