using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Training;
using static TorchSharp.torch;

namespace PeftLabs.Labs;

/// <summary>What sequences cost a model, each by itself, several at once.</summary>
internal static class SequenceLosses
{
    private static readonly long s_chunkBytes = new TrainingOptions().LossChunkBytes;

    /// <summary>
    /// The cross entropy of the learned tokens of each example, in the order in which they are given; a first token has none before it and
    /// is not counted. The model is left as it was.
    /// </summary>
    /// <param name="model">The model, with the adapter that it wears.</param>
    /// <param name="examples">The sequences; those of about a length go together, the longest first, so that what is too much shows at once.</param>
    /// <param name="tokensAtOnce">Tokens of a batch with its padding; a sequence of its own may have more.</param>
    /// <param name="done">Told the sequences that have been done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static TextLoss[] Of(CausalLM model, IReadOnlyList<TokenizedExample> examples, int tokensAtOnce,
        Action<IReadOnlyList<TokenizedExample>>? done = null, CancellationToken cancellation = default)
    {
        using var _ = no_grad();
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        var (losses, training) = (new TextLoss[examples.Count], model.training);
        model.eval();
        try
        {
            foreach (var places in Batched(examples, tokensAtOnce))
            {
                cancellation.ThrowIfCancellationRequested();
                List<TokenizedExample> some = places.ConvertAll(place => examples[place]);
                foreach (var (row, loss) in Rows(model, some).Index())
                    losses[places[row]] = loss;
                done?.Invoke(some);
            }
        }
        finally
        {
            model.train(training);
        }
        return losses;
    }

    // The longest first; each batch is as wide as its first.
    private static IEnumerable<List<int>> Batched(IReadOnlyList<TokenizedExample> examples, int tokensAtOnce)
    {
        List<int> batch = [];
        foreach (var place in Enumerable.Range(0, examples.Count).OrderByDescending(place => examples[place].Ids.Count))
        {
            if (batch.Count > 0 && (batch.Count + 1) * examples[batch[0]].Ids.Count > tokensAtOnce)
            {
                yield return batch;
                batch = [];
            }
            batch.Add(place);
        }
        if (batch.Count > 0)
            yield return batch;
    }

    private static TextLoss[] Rows(CausalLM model, List<TokenizedExample> examples)
    {
        using var scope = NewDisposeScope();
        using var batch = Batches.Collate(examples, device: model.Device);
        var (places, labels) = CausalLoss.Targets(batch, model.Config.VocabularySize);
        var (count, width) = (places.shape[0], batch.Ids.shape[1]);
        var (nats, tokens) = (new double[examples.Count], new long[examples.Count]);
        var states = CausalLoss.States(model, batch);
        var (hidden, rows) = (states.view(-1, states.shape[2]), places.cpu().data<long>().ToArray());
        var chunk = ChunkedLossFunction.Rows(count, model.Head.OutFeatures, s_chunkBytes);
        for (var first = 0L; first < count; first += chunk)
        {
            using var inner = NewDisposeScope();
            var some = Math.Min(chunk, count - first);
            var logits = model.Logits(hidden.index_select(0, places.narrow(0, first, some)));
            foreach (var (i, loss) in CrossEntropyRows.Each(logits, labels.narrow(0, first, some)).Index())
            {
                var row = rows[first + i] / width;
                nats[row] += loss;
                tokens[row]++;
            }
        }
        return [.. nats.Zip(tokens, (sum, n) => new TextLoss(sum, n))];
    }
}
