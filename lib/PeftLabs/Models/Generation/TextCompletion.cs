using PeftLabs.Tokenization;

namespace PeftLabs.Models.Generation;

/// <summary>
/// Continues texts with a model and its tokenizer. A prompt is text, with what the tokenizer's template puts around it, or tokens, as a
/// chat template makes them.
/// </summary>
public sealed class TextCompletion(CausalLM model, HuggingFaceTokenizer tokenizer)
{
    /// <summary>The model.</summary>
    public CausalLM Model => model;

    /// <summary>Its tokenizer.</summary>
    public HuggingFaceTokenizer Tokenizer => tokenizer;

    /// <summary>A prompt's tokens, those among them that begin a text for this model.</summary>
    public IReadOnlyList<int> Encode(string prompt) => tokenizer.EncodeToIds(prompt, addSpecialTokens: true);

    /// <summary>
    /// The continuation, piece by piece as it becomes certain: whole characters, nothing of a stop string. The pieces together are
    /// <see cref="GeneratedText.Text"/>.
    /// </summary>
    /// <inheritdoc cref="Generate(IReadOnlyList{int}, GenerationOptions?, Action{string}?, CancellationToken)" path="/exception"/>
    public IEnumerable<string> Stream(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Stream(Encode(prompt), options, cancellation);

    /// <summary>The same after tokens.</summary>
    /// <inheritdoc cref="Generate(IReadOnlyList{int}, GenerationOptions?, Action{string}?, CancellationToken)" path="/exception"/>
    public IEnumerable<string> Stream(IReadOnlyList<int> prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Pieces(Sequence(prompt, options ?? new()), cancellation);

    /// <summary>The continuation of a text; pieces of it go to <paramref name="onText"/> as they become certain.</summary>
    /// <inheritdoc cref="Generate(IReadOnlyList{int}, GenerationOptions?, Action{string}?, CancellationToken)" path="/exception"/>
    public GeneratedText Generate(
        string prompt, GenerationOptions? options = null, Action<string>? onText = null, CancellationToken cancellation = default) =>
        Generate(Encode(prompt), options, onText, cancellation);

    /// <summary>The continuation of tokens; pieces of its text go to <paramref name="onText"/> as they become certain.</summary>
    /// <exception cref="ArgumentException">The prompt is empty, not of the model's tokens, or longer than the model takes.</exception>
    /// <exception cref="GenerationException">The model's logits are broken.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public GeneratedText Generate(
        IReadOnlyList<int> prompt, GenerationOptions? options = null, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        using var sequence = Sequence(prompt, options ?? new());
        return Run(sequence, onText, cancellation);
    }

    /// <summary>
    /// The continuations of several texts, at most <see cref="GenerationOptions.BatchSize"/> at once; each goes to
    /// <paramref name="onEnd"/> with its prompt's index as it ends. Each equals what its prompt gives alone, with the seed plus its index,
    /// as far as <see cref="GenerationOptions.BatchSize"/> says.
    /// </summary>
    /// <inheritdoc cref="Generate(IReadOnlyList{int}, GenerationOptions?, Action{string}?, CancellationToken)" path="/exception"/>
    public IReadOnlyList<GeneratedText> Generate(IReadOnlyList<string> prompts, GenerationOptions? options = null,
        Action<int, GeneratedText>? onEnd = null, CancellationToken cancellation = default) =>
        Generate([.. prompts.Select(Encode)], options, onEnd, cancellation);

    /// <summary>The same after tokens.</summary>
    /// <inheritdoc cref="Generate(IReadOnlyList{int}, GenerationOptions?, Action{string}?, CancellationToken)" path="/exception"/>
    public IReadOnlyList<GeneratedText> Generate(IReadOnlyList<IReadOnlyList<int>> prompts, GenerationOptions? options = null,
        Action<int, GeneratedText>? onEnd = null, CancellationToken cancellation = default)
    {
        options ??= new();
        foreach (var prompt in prompts)
            GeneratingSequence.Check(model.Config, prompt);
        var all = new GeneratedText[prompts.Count];
        BatchRun.Each(model, prompts.Select((prompt, i) => Sequence(prompt, options, i)), options.BatchSize, (i, sequence) =>
        {
            all[i] = Result(sequence);
            onEnd?.Invoke(i, all[i]);
        }, cancellation);
        return all;
    }

    internal GeneratingSequence Sequence(IReadOnlyList<int> prompt, GenerationOptions options, int index = 0, KeyValueCache? cache = null) =>
        new(model, prompt, options, index, cache) { Text = new(tokenizer, prompt, options.StopStrings) };

    /// <summary>Continues a sequence to its end.</summary>
    internal GeneratedText Run(GeneratingSequence sequence, Action<string>? onText, CancellationToken cancellation)
    {
        using var batch = new SequenceBatch(model);
        foreach (var piece in Pieces(batch, sequence, cancellation))
            onText?.Invoke(piece);
        return Result(sequence) with { PrefillSeconds = batch.Seconds.Prefill, DecodeSeconds = batch.Seconds.Decode };
    }

    internal static GeneratedText Result(GeneratingSequence sequence) =>
        new(sequence.Text!.Text, [.. sequence.Tokens], sequence.Prompt.Count, sequence.Reason!.Value);

    private IEnumerable<string> Pieces(GeneratingSequence sequence, CancellationToken cancellation)
    {
        using (sequence)
        {
            using var batch = new SequenceBatch(model);
            foreach (var piece in Pieces(batch, sequence, cancellation))
                yield return piece;
        }
    }

    private static IEnumerable<string> Pieces(SequenceBatch batch, GeneratingSequence sequence, CancellationToken cancellation)
    {
        batch.Start(sequence, cancellation);
        while (true)
        {
            if (sequence.TakePiece() is { Length: > 0 } piece)
                yield return piece;
            if (sequence.Reason is not null)
                yield break;
            batch.Step(cancellation);
        }
    }
}
