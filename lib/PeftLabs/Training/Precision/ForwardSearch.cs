using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>A forward pass that looks at what each module gives, and says which is the first that gives something not finite.</summary>
internal static class ForwardSearch
{
    private const string Output = "The output of", Sum = "The residual stream after";
    private const long HeadRows = 32;

    /// <summary>The module and the place, in a sentence; null where all is finite, the loss too.</summary>
    public static string? Run(CausalLM model, TrainingBatch batch)
    {
        string? found = null;
        model.BlockSeen = (block, x, rotation, output) => found ??= Look(model, block, x, rotation, output);
        try
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var hidden = CausalLoss.States(model, batch);
            found ??= Sentence(model.FinalNorm.Path, hidden);
            return found ?? Head(model, batch, hidden);
        }
        finally
        {
            model.BlockSeen = null;
        }
    }

    private static string? Look(CausalLM model, DecoderBlock block, Tensor x, Rotation rotation, Tensor output)
    {
        using var scope = NewDisposeScope();
        if (ReferenceEquals(block, model.Blocks[0]) && Sentence(model.Config.Family.Embedding, x) is { } embedding)
            return embedding;
        if (Sentence(block.GetName(), output) is not { } whole)
            return null;
        return Parts(block, x, rotation).Select(p => Sentence(p.Path, p.Output, p.What)).FirstOrDefault(s => s is not null) ?? whole;
    }

    // The block's parts, one after the other, as it computes them.
    private static IEnumerable<(string Path, Tensor Output, string What)> Parts(DecoderBlock block, Tensor x, Rotation rotation)
    {
        var (attention, feedForward) = (block.Attention, block.FeedForward);
        var normed = block.AttentionNorm.forward(x);
        yield return (block.AttentionNorm.Path, normed, Output);
        foreach (var projection in attention.Inputs)
            yield return (projection.Path, projection.forward(normed), Output);
        var attended = attention.forward(normed, rotation, null);
        yield return (attention.Output.Path, attended, Output);
        if (block.AttentionPostNorm is { } postNorm)
            yield return (postNorm.Path, attended = postNorm.forward(attended), Output);
        var middle = x.add(attended);
        yield return (attention.Output.Path, middle, Sum);
        var inner = block.FeedForwardNorm.forward(block.IsParallel ? x : middle);
        yield return (block.FeedForwardNorm.Path, inner, Output);
        var inputs = feedForward.Inputs.Select(p => p.forward(inner)).ToList();
        foreach (var (projection, output) in feedForward.Inputs.Zip(inputs))
            yield return (projection.Path, output, Output);
        var down = feedForward.Close(inputs[0], inputs.Count == 1 ? null : inputs[1]);
        yield return (feedForward.Down.Path, down, Output);
        if (block.FeedForwardPostNorm is { } last)
            yield return (last.Path, down = last.forward(down), Output);
        yield return (feedForward.Down.Path, middle.add(down), Sum);
    }

    // Some tokens at a time: logits of all of them may be more than there is room for.
    private static string? Head(CausalLM model, TrainingBatch batch, Tensor hidden)
    {
        var (places, _) = CausalLoss.Targets(batch, model.Config.VocabularySize);
        for (var first = 0L; first < places.shape[0]; first += HeadRows)
        {
            using var scope = NewDisposeScope();
            var rows = places.narrow(0, first, Math.Min(HeadRows, places.shape[0] - first));
            var logits = model.Logits(hidden.view(-1, hidden.shape[2]).index_select(0, rows));
            var bad = logits.isfinite().logical_not().nonzero();
            if (bad.shape[0] == 0)
                continue;
            var (row, token) = Math.DivRem(rows[bad[0, 0]].item<long>(), hidden.shape[1]);
            return $"The logits of '{model.Head.Path}' are not finite in row {row} of the batch, token {token} "
                + $"({NonFinite.Text(logits[bad[0, 0], bad[0, 1]])} for token id {bad[0, 1].item<long>()}).";
        }
        return null;
    }

    private static string? Sentence(string path, Tensor output, string what = Output)
    {
        using var scope = NewDisposeScope();
        var bad = output.isfinite().logical_not().nonzero();
        if (bad.shape[0] == 0)
            return null;
        var (row, token, feature) = (bad[0, 0].item<long>(), bad[0, 1].item<long>(), bad[0, 2].item<long>());
        return $"{what} '{path}' is not finite in row {row} of the batch, token {token}"
            + $" ({NonFinite.Text(output[row, token, feature])} in feature {feature}).";
    }
}
