using PeftLabs.Memory;
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
        var decoded = batches * Math.Ceiling(_labelled / chunk) * _hidden * _vocabulary;
        times.Product(MemoryStage.Forward, "head", "2·n·h·V", chunk, _vocabulary, _hidden, batches * _labelled / chunk);
        times.Product(backward, "head's gradients", "2·n·h·V each", chunk, _hidden, _vocabulary, batches * _labelled / chunk);
        if (head.Weight is not null)
            times.Product(backward, "head's gradients", "2·n·h·V each", _vocabulary, _hidden, chunk, batches * _labelled / chunk);
        times.Traffic(MemoryStage.Forward, "decoding the head", "(4 to 12)·h·V a chunk", decoded * DecodedBytes(isForward: true));
        times.Traffic(backward, "decoding the head", "(4 to 12)·h·V a chunk", decoded * DecodedBytes(isForward: false));
        times.Traffic(MemoryStage.Forward, "loss", "24·n·V", batches * 24 * _labelled * _vocabulary);
    }

    private long DecodedBytes(bool isForward) => StepTimer.DecodedBytes(head.Format, head.Out, head.In, isForward);
}
