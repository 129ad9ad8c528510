using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>
/// The loss of next-token prediction: mean cross entropy over the labelled tokens, with label smoothing and the z-loss where the options
/// ask for them. Whole or in chunks, it is the same but for rounding.
/// </summary>
public static class CausalLoss
{
    private static readonly TrainingOptions s_plain = new();

    /// <summary>Targets of a batch: labelled tokens that have a token before them.</summary>
    public static long CountTargets(TrainingBatch batch)
    {
        using var profile = ProfileScope.Operator("targets");
        using var scope = NewDisposeScope();
        return batch.Labels.narrow(1, 1, batch.Labels.shape[1] - 1).ne(TrainingBatch.Ignored).sum().item<long>();
    }

    /// <summary>The plain loss of a batch, a scalar that the caller owns.</summary>
    /// <exception cref="ArgumentException">No token of the batch has a label, or a label is not in the vocabulary.</exception>
    public static Tensor Compute(CausalLM model, TrainingBatch batch) => Compute(model, batch, s_plain);

    /// <summary>
    /// The loss of a batch, a scalar that the caller owns. The head runs only where a label asks for it, so that prompts and padding
    /// cost no logits.
    /// </summary>
    /// <param name="model">The model, with the adapter that it wears.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="options">Loss, LossChunkBytes, LabelSmoothing and ZLoss are read.</param>
    /// <param name="targets">
    /// What the sum over labelled tokens is divided by: the batch's own number of them, unless it is one of several whose gradients are
    /// summed. Then it is the number in all, and a batch may have none.
    /// </param>
    /// <exception cref="ArgumentException">
    /// No token of the batch has a label, or a label is not in the vocabulary, or there are fewer targets than the batch's own.
    /// </exception>
    public static Tensor Compute(CausalLM model, TrainingBatch batch, TrainingOptions options, long? targets = null)
    {
        using var scope = NewDisposeScope();
        var (places, labels) = Targets(batch, model.Config.VocabularySize);
        var count = Count(batch, places.shape[0], targets);
        var states = States(model, batch);
        using var profile = ProfileScope.Operator("loss");
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        var (hidden, terms) = (states.view(-1, states.shape[2]), new LossTerms(options.LabelSmoothing, options.ZLoss, model.Config.LogitSoftCap));
        var loss = options.Loss == LossKind.Chunked
            ? ChunkedLossFunction.Apply(hidden, places, labels, model.Head, count, terms, options.LossChunkBytes)
            : CrossEntropyFunction.Apply(model.Head.forward(hidden.index_select(0, places)), labels, count, terms);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>What the head sees of a batch, <c>[batch, tokens, hidden]</c>; the caller owns it.</summary>
    internal static Tensor States(CausalLM model, TrainingBatch batch) => model.Hidden(batch.Ids, batch.Layout);

    /// <summary>The rows of <c>[batch·tokens]</c> that predict, and what: the hidden state at a token predicts the next one.</summary>
    /// <exception cref="ArgumentException">A label is not in the vocabulary.</exception>
    internal static (Tensor Places, Tensor Labels) Targets(TrainingBatch batch, long vocabulary)
    {
        using var profile = ProfileScope.Operator("targets");
        using var scope = NewDisposeScope();
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        var flat = batch.Labels.reshape(-1);
        var labelled = batch.Labels.ne(TrainingBatch.Ignored);
        labelled.narrow(1, 0, 1).fill_(false);
        var next = labelled.view(-1).nonzero().squeeze(1);
        var labels = flat.index_select(0, next);
        if (labels.shape[0] > 0)
            CheckLabels(labels.min().item<long>(), labels.max().item<long>(), vocabulary);
        return (next.sub_(1).MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }

    private static void CheckLabels(long least, long most, long vocabulary)
    {
        if (least < 0 || most >= vocabulary)
            throw new ArgumentException($"The batch has the label {(least < 0 ? least : most)}; the vocabulary is 0 to {vocabulary - 1}, "
                + $"and {TrainingBatch.Ignored} is ignored.");
    }

    private static long Count(TrainingBatch batch, long own, long? targets)
    {
        if (targets is null && own == 0)
            throw new ArgumentException($"No token of the batch has a label: all {batch.Tokens - batch.Labels.shape[0]} are "
                + $"{TrainingBatch.Ignored}.", nameof(batch));
        if (targets < Math.Max(1, own))
            throw new ArgumentOutOfRangeException(nameof(targets), targets,
                $"The batch has {own} targets; the step cannot have {targets}.");
        return targets ?? own;
    }
}
