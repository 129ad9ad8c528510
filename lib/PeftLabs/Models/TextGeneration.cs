using PeftLabs.Models.Generation;

namespace PeftLabs.Models;

/// <summary>Continues tokens by tokens; <see cref="TextCompletion"/> does it with texts.</summary>
public static class TextGeneration
{
    /// <summary>
    /// The most likely continuation of a prompt, each token given as soon as it is chosen; ends after an end token, which is given
    /// too, or after <paramref name="maxNewTokens"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is empty, or not of the model's tokens.</exception>
    public static IEnumerable<int> Greedy(CausalLM model, IReadOnlyList<int> prompt, int maxNewTokens) =>
        maxNewTokens == 0 ? [] : Stream(model, prompt, new() { MaxNewTokens = maxNewTokens });

    /// <summary>
    /// A prompt's continuation, each token given as soon as it is chosen, an end token too. The model is in evaluation mode until the
    /// enumeration ends.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The prompt is empty, not of the model's tokens, or longer than the model takes; or there are stop strings, which need a
    /// tokenizer (<see cref="TextCompletion"/>).
    /// </exception>
    /// <exception cref="GenerationException">The model's logits are broken.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IEnumerable<int> Stream(
        CausalLM model, IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation = default)
    {
        CheckNoText(options);
        return Continue(model, new(model, prompt, options), cancellation);
    }

    /// <summary>
    /// The continuations of several prompts, of whatever lengths, at most <see cref="GenerationOptions.BatchSize"/> at once: as one ends,
    /// the next prompt begins. Each equals what <see cref="Stream"/> gives for its prompt alone, with the seed plus its index, as far as
    /// <see cref="GenerationOptions.BatchSize"/> says.
    /// </summary>
    /// <param name="model">The model, in evaluation mode until all have ended.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="options">How they are continued.</param>
    /// <param name="onToken">Told each token as it is chosen, after its prompt's index.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <inheritdoc cref="Stream" path="/exception"/>
    public static IReadOnlyList<GeneratedTokens> Batch(CausalLM model, IReadOnlyList<IReadOnlyList<int>> prompts,
        GenerationOptions options, Action<int, int>? onToken = null, CancellationToken cancellation = default)
    {
        CheckNoText(options);
        foreach (var prompt in prompts)
            GeneratingSequence.Check(model.Config, prompt);
        var all = new GeneratedTokens[prompts.Count];
        var sequences = prompts.Select((prompt, i) =>
            new GeneratingSequence(model, prompt, options, i) { OnToken = onToken is null ? null : token => onToken(i, token) });
        BatchRun.Each(model, sequences, options.BatchSize,
            (i, sequence) => all[i] = new(sequence.Prompt.Count, [.. sequence.Tokens], sequence.Reason!.Value), cancellation);
        return all;
    }

    private static IEnumerable<int> Continue(CausalLM model, GeneratingSequence sequence, CancellationToken cancellation)
    {
        using (sequence)
        {
            using var batch = new SequenceBatch(model);
            batch.Start(sequence, cancellation);
            yield return sequence.Tokens[^1];
            while (sequence.Reason is null)
            {
                batch.Step(cancellation);
                yield return sequence.Tokens[^1];
            }
        }
    }

    private static void CheckNoText(GenerationOptions options)
    {
        if (options.StopStrings.Count > 0)
            throw new ArgumentException("Stop strings need a tokenizer: TextCompletion has one.", nameof(options));
    }
}
