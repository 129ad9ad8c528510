using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Continues a text, token by token, with a key/value cache.</summary>
public static class TextGeneration
{
    /// <summary>
    /// The most likely continuation of a prompt, each token given as soon as it is chosen; ends after an end token, which is given
    /// too, or after <paramref name="maxNewTokens"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    public static IEnumerable<int> Greedy(CausalLM model, IReadOnlyList<int> prompt, int maxNewTokens)
    {
        if (prompt.Count == 0)
            throw new ArgumentException("The prompt is empty; it needs at least one token.", nameof(prompt));
        return Continue(model, prompt, maxNewTokens);
    }

    private static IEnumerable<int> Continue(CausalLM model, IReadOnlyList<int> prompt, int maxNewTokens)
    {
        using var cache = new KeyValueCache(model.Config, prompt.Count + maxNewTokens);
        var input = prompt.Select(t => (long)t).ToArray();
        for (var i = 0; i < maxNewTokens; i++)
        {
            var next = Next(model, input, cache);
            yield return next;
            if (model.Config.EndTokens.Contains(next))
                yield break;
            input = [next];
        }
    }

    private static int Next(CausalLM model, long[] input, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var training = model.training;
        model.eval();
        var hidden = model.Hidden(tensor(input, 1, input.Length, device: model.Device), cache: cache);
        var logits = model.Head.forward(hidden.narrow(1, input.Length - 1, 1));
        model.train(training);
        return (int)logits.argmax(-1).item<long>();
    }
}
