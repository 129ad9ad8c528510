using PeftLabs.Memory;
using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Planning;

/// <summary>The seconds of head and loss.</summary>
internal sealed class HeadTimer(TrainingPlan plan, PlannedProjection head, StepTimes times)
{
    private readonly double _labelled = plan.LabelledTokens, _hidden = plan.Config.HiddenSize, _vocabulary = plan.Config.VocabularySize;

    private bool IsChunked => plan.Training.Loss == LossKind.Chunked;

    /// <summary>Counts a number of batches.</summary>
    public void Count(double batches)
    {
        var chunk = IsChunked ? ChunkedLossFunction.Rows(plan.LabelledTokens, plan.Config.VocabularySize, plan.Training.LossChunkBytes) : _labelled;
        // In chunks the gradients are made in forward, while the logits are at hand.
        var backward = IsChunked ? MemoryStage.Forward : MemoryStage.Backward;
        var (chunks, decoded) = (Math.Ceiling(_labelled / chunk), 8 * _hidden * _vocabulary);
        times.Product(MemoryStage.Forward, "head", "2·n·h·V", chunk, _vocabulary, _hidden, batches * _labelled / chunk);
        times.Product(backward, "head's gradients", "2·n·h·V each", chunk, _hidden, _vocabulary, batches * _labelled / chunk);
        if (head.Weight is not null)
            times.Product(backward, "head's gradients", "2·n·h·V each", _vocabulary, _hidden, chunk, batches * _labelled / chunk);
        if (TileBuffer.ForwardBytes(head.Format, head.Out, head.In) > 0)
            times.Traffic(MemoryStage.Forward, "decoding the head", "8·h·V a chunk", batches * chunks * decoded);
        if (head.Format != WeightFormat.Float32)
            times.Traffic(backward, "decoding the head", "8·h·V a chunk", batches * chunks * decoded);
        times.Traffic(MemoryStage.Forward, "loss", "24·n·V", batches * 24 * _labelled * _vocabulary);
    }
}
