using PeftLabs.Memory;
using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>The loss of next-token prediction: mean cross entropy over the labelled tokens.</summary>
public static class CausalLoss
{
    /// <summary>Targets of a batch: labelled tokens that have a token before them.</summary>
    public static long CountTargets(TrainingBatch batch)
    {
        using var scope = NewDisposeScope();
        return batch.Labels.narrow(1, 1, batch.Labels.shape[1] - 1).ne(TrainingBatch.Ignored).sum().item<long>();
    }

    /// <summary>
    /// The loss of a batch, a scalar that the caller owns. The head runs only where a label asks for it, so that prompts and padding
    /// cost no logits.
    /// </summary>
    /// <exception cref="ArgumentException">No token of the batch has a label.</exception>
    public static Tensor Compute(CausalLM model, TrainingBatch batch)
    {
        using var scope = NewDisposeScope();
        var hidden = model.Hidden(batch.Ids, batch.Layout);
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        // The hidden state at a token predicts the next one: labels move one place to the left.
        var tokens = batch.Ids.shape[1];
        var labels = batch.Labels.narrow(1, 1, tokens - 1).reshape(-1);
        var places = labels.ne(TrainingBatch.Ignored).nonzero().squeeze(1);
        if (places.shape[0] == 0)
            throw new ArgumentException($"No token of the batch has a label: all {labels.shape[0]} are {TrainingBatch.Ignored}.", nameof(batch));
        var predicting = hidden.narrow(1, 0, tokens - 1).reshape(-1, hidden.shape[2]).index_select(0, places);
        var logits = model.Head.forward(predicting);
        return CrossEntropyFunction.Apply(logits, labels.index_select(0, places), places.shape[0]).MoveToOuterDisposeScope();
    }
}
