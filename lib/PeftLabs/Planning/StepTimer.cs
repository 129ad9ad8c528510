using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Planning;

/// <summary>Predicts a step's seconds by counting its work: the operations of its products, and the bytes that all the rest moves.</summary>
internal sealed class StepTimer
{
    private readonly TrainingPlan _plan;
    private readonly PlannedModel _model;
    private readonly StepTimes _times;
    private readonly BlockPart[] _parts;
    private readonly double _tokens;
    private double _count;

    public StepTimer(TrainingPlan plan, MachineSpeed machine)
    {
        (_plan, _model, _times) = (plan, new(plan), new(machine));
        _tokens = (double)plan.Batch * plan.Tokens;
        _parts = CheckpointChoice.Of(plan.Training.Execution, plan.Batch * plan.Tokens, plan.Config.HiddenSize, plan.Config.Layers,
            index => _model.KeptBytes(index, plan.Batch * plan.Tokens));
    }

    private double Batches => _plan.Training.Accumulate;

    public StepTime Predict()
    {
        // Blocks that do the same are counted once, and multiplied.
        foreach (var alike in Enumerable.Range(0, _parts.Length).GroupBy(i => (Part: _parts[i], IsReached: i > 0 || _model.Embedding is not null, _model.KindOf(i))))
        {
            _count = Batches * alike.Count();
            Block(_model.Blocks[alike.First()], alike.Key.Part, alike.Key.IsReached);
        }
        _count = Batches;
        new HeadTimer(_plan, _model.Head, _times).Count(Batches);
        Traffic(MemoryStage.Forward, "embedding", "8·N·h", 8 * _tokens * _plan.Config.HiddenSize);
        new OptimizerTimer(_plan.Training, _times).Count([.. _model.ParameterCounts]);
        return new(_times.Terms);
    }

    private void Block(PlannedBlock block, BlockPart recomputed, bool isReached)
    {
        bool attention = recomputed.HasFlag(BlockPart.Attention), feedForward = recomputed.HasFlag(BlockPart.FeedForward);
        PlannedProjection[] first = [.. block.AttentionInputs, block.Output], second = [.. block.FeedForwardInputs, block.Down];
        Half(first, isReached, attention, hasOutput: recomputed == BlockPart.Block);
        Half(second, isReached || first.Any(p => p.Parameters.Any()), feedForward, hasOutput: false);
        Attention(MemoryStage.Forward, block.Window, backward: false);
        Attention(MemoryStage.Backward, block.Window, backward: true);
        if (attention)
            Attention(MemoryStage.Backward, block.Window, backward: false);
        Elements(attention, feedForward);
        Stores(recomputed);
    }

    // The projections of a half: forward, again where it is recomputed (its last output only where something needs it), and backward. All
    // but the last read the half's own input, whose gradient is needed only where something before it is trained.
    private void Half(PlannedProjection[] projections, bool isReached, bool recomputed, bool hasOutput)
    {
        foreach (var projection in projections)
        {
            var isLast = projection == projections[^1];
            Forward(projection, MemoryStage.Forward, outputNeeded: true);
            if (recomputed)
                Forward(projection, MemoryStage.Backward, outputNeeded: !isLast || hasOutput);
            Backward(projection, isReached || isLast);
        }
    }

    private void Forward(PlannedProjection p, MemoryStage stage, bool outputNeeded)
    {
        if (outputNeeded)
        {
            Product(stage, "projections", "2·N·in·out", _tokens, p.Out, p.In);
            Decode(p, stage, isForward: true);
        }
        if (p.Rank == 0)
            return;
        Product(stage, "adapters", "2·N·r·(in + out)", _tokens, p.Rank, p.In);
        Calls(stage, 2);
        if (outputNeeded)
            Product(stage, "adapters", "2·N·r·(in + out)", _tokens, p.Out, p.Rank);
        if (p.Dropout > 0)
            Traffic(stage, "dropout", "8·N·in", 8 * _tokens * p.In);
    }

    private void Backward(PlannedProjection p, bool inputNeeded)
    {
        if (inputNeeded)
        {
            Product(MemoryStage.Backward, "projections", "2·N·in·out", _tokens, p.In, p.Out);
            Decode(p, MemoryStage.Backward, isForward: false);
        }
        if (p.Weight is not null)
            Product(MemoryStage.Backward, "projections", "2·N·in·out", p.Out, p.In, _tokens);
        if (p.Rank == 0)
            return;
        Calls(MemoryStage.Backward, 6);
        // g·B and its product with A, the gradients of B and of A.
        Product(MemoryStage.Backward, "adapters", "4·N·r·(in + out)", _tokens, p.Rank, p.Out, 2);
        Product(MemoryStage.Backward, "adapters", "4·N·r·(in + out)", _tokens, p.Rank, p.In, inputNeeded ? 2 : 1);
        if (p.Dropout > 0)
            Traffic(MemoryStage.Backward, "dropout", "16·N·in", 16 * _tokens * p.In);
    }

    private void Decode(PlannedProjection p, MemoryStage stage, bool isForward)
    {
        if (DecodedBytes(p.Format, p.Out, p.In, isForward) is > 0 and var bytes)
            Traffic(stage, "decoding weights", "(4 or 12)·in·out", (double)bytes * p.In * p.Out);
        if (_plan.Loading.Streaming is not null)
            FileTraffic(stage, "streaming weights", "4·bytes stored", 4.0 * p.Format.StoredBytes(p.Out, p.In));
    }

    /// <summary>
    /// Bytes a weight that decoding costs as if they were moved. Tiles lie in the caches. In forward they are turned while they are decoded,
    /// which takes thrice as long where a weight has eight bits or fewer.
    /// </summary>
    internal static long DecodedBytes(WeightFormat format, long rows, long columns, bool isForward)
    {
        if (isForward ? TileBuffer.ForwardBytes(format, rows, columns) == 0 : format == WeightFormat.Float32)
            return 0;
        return !isForward ? 4 : format is DenseFormat ? 7 : 12;
    }

    // Scores, and their product with the values; in backward the scores again, and the gradients of q, k, v and of themselves.
    private void Attention(MemoryStage stage, int? window, bool backward)
    {
        var c = _plan.Config;
        double heads = (double)_plan.Batch * c.Heads, tokens = _plan.Tokens;
        var seen = _plan.Training.Attention == AttentionKind.Tiled
            ? Math.Min((tokens + Math.Min(tokens, QueriesOfTile)) / 2, (window ?? tokens) + QueriesOfTile) : tokens;
        Product(stage, "attention's products", "4·B·H·T·seen·d, 10 in backward", tokens, seen, c.HeadSize, heads * (backward ? 5 : 2));
        Traffic(stage, "attention's softmax", "4·B·H·T·seen each pass", 4 * heads * tokens * seen * (backward ? 8 : 6));
        Calls(stage, AttentionTiles * (backward ? 16 : 8));
    }

    // Plain attention takes a row of the batch at a time, tiles are those of a key head.
    private double AttentionTiles => _plan.Training.Attention == AttentionKind.Tiled
        ? _plan.Batch * _plan.Config.KeyValueHeads * Math.Ceiling(_plan.Tokens / QueriesOfTile)
            * Math.Max(1, _plan.Tokens / (2.0 * AttentionTileSize.For(TorchSharp.torch.CPU).Keys))
        : _plan.Training.Attention == AttentionKind.Plain ? _plan.Batch : 1;

    private double QueriesOfTile => AttentionTileSize.For(TorchSharp.torch.CPU).QueriesFor(_plan.Config.Heads / _plan.Config.KeyValueHeads);

    // Norms, rotation, SwiGLU and the two sums of a block.
    private void Elements(bool attention, bool feedForward)
    {
        var c = _plan.Config;
        double h = c.HiddenSize, qk = (double)(c.Heads + c.KeyValueHeads) * c.HeadSize, f = c.IntermediateSize;
        double first = 8 * h + 8 * qk, second = 8 * h + 12 * f;
        Traffic(MemoryStage.Forward, "element-wise", "N·(40h + 8(q + k) + 12f)", _tokens * (first + second + 24 * h));
        var again = (attention ? first : 0) + (feedForward ? second : 0);
        Traffic(MemoryStage.Backward, "element-wise", "N·(48h + 8(q + k) + 24f), and what is computed again",
            _tokens * (again + 48 * h + 8 * qk + 24 * f));
        // Norms, rotations, SwiGLU and sums; in backward the graph's own work too.
        Calls(MemoryStage.Forward, 7);
        Calls(MemoryStage.Backward, 35 + (attention ? 3 : 0) + (feedForward ? 2 : 0));
    }

    // Inputs that wait in a file are written and read, through the system's own copy.
    private void Stores(BlockPart recomputed)
    {
        var count = recomputed == BlockPart.Block ? 1 : (recomputed.HasFlag(BlockPart.Attention) ? 1 : 0) + (recomputed.HasFlag(BlockPart.FeedForward) ? 1 : 0);
        var bytes = count * SavedActivation.BytesOf(_plan.Training.SavedActivations) * _tokens * _plan.Config.HiddenSize;
        if (_plan.Training.Offload == ActivationOffload.None)
            return;
        FileTraffic(MemoryStage.Forward, "offloading", "2·bytes kept", 2 * bytes);
        FileTraffic(MemoryStage.Backward, "offloading", "2·bytes kept", 2 * bytes);
    }

    private void Product(MemoryStage stage, string name, string formula, double m, double n, double k, double times = 1) =>
        _times.Product(stage, name, formula, m, n, k, times * _count);

    private void Calls(MemoryStage stage, double count) => _times.Calls(stage, count * _count);

    private void Traffic(MemoryStage stage, string name, string formula, double bytes) => _times.Traffic(stage, name, formula, bytes * _count);

    private void FileTraffic(MemoryStage stage, string name, string formula, double bytes) => _times.FileTraffic(stage, name, formula, bytes * _count);
}
