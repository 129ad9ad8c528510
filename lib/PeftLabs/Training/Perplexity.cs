using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>How surprising a text is to a model: the exponential of the mean cross entropy of its tokens.</summary>
public static class Perplexity
{
    /// <summary>
    /// The perplexity of a text. It is read in windows that overlap by a token, so that every token but the first is predicted exactly
    /// once, from at most <paramref name="window"/> − 1 tokens before it.
    /// </summary>
    /// <param name="model">The model, with the adapter that it wears.</param>
    /// <param name="ids">The text.</param>
    /// <param name="window">Tokens that the model sees at once, at most.</param>
    /// <exception cref="ArgumentException">There are fewer than two tokens or they are not the model's, or the window is too short.</exception>
    public static double Of(CausalLM model, IReadOnlyList<int> ids, int window = 512)
    {
        var (nats, count) = (0.0, 0L);
        LogitRows.Visit(model, ids, window, (logits, position) =>
        {
            var targets = tensor([.. ids.Skip(position + 1).Take((int)logits.shape[0]).Select(id => (long)id)], device: logits.device);
            // −log p = logsumexp(z) − z[next]
            var chosen = logits.gather(1, targets.unsqueeze(1)).squeeze(1);
            nats += logits.logsumexp(1).sub_(chosen).to(ScalarType.Float64).sum().item<double>();
            count += logits.shape[0];
        });
        return Math.Exp(nats / count);
    }
}
