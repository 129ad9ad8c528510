using PeftLabs.Tokenization;

namespace PeftLabs.Models.Generation;

/// <summary>
/// A conversation with a model. What the cache has seen of it is not computed again: a turn costs its own tokens, as long as the template
/// writes earlier turns as it did before.
/// </summary>
/// <param name="completion">The model and its tokenizer.</param>
/// <param name="template">How the conversation is written.</param>
/// <param name="options">How answers are drawn; each has the seed plus the number of answers before it.</param>
/// <param name="system">What the model is told first; null for nothing.</param>
public sealed class ChatSession(TextCompletion completion, ChatTemplate template, GenerationOptions? options = null, string? system = null)
    : IDisposable
{
    private readonly GenerationOptions _options = WithEndOfTurn(options ?? new(), completion.Tokenizer, template);
    private readonly KeyValueCache _cache = new(completion.Model.Config, (options ?? new()).Cache, completion.Model.Device);
    private readonly List<int> _seen = [];
    private readonly List<ChatMessage> _messages = Beginning(system);

    /// <summary>The conversation so far, a system message first where there is one.</summary>
    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>Tokens of the last turn's prompt that the cache had seen.</summary>
    public int ReusedTokens { get; private set; }

    /// <summary>
    /// The model's answer to a user's message; pieces of it go to <paramref name="onText"/> as they become certain. A cancelled answer
    /// ends where it was (<see cref="StopReason.Cancelled"/>) and stays in the conversation as far as it came; where nothing came, the
    /// message does not stay either.
    /// </summary>
    /// <exception cref="ArgumentException">The conversation is longer than the model takes; it stays as it was before.</exception>
    /// <exception cref="ChatTemplateException">The template refuses the conversation; it stays as it was before.</exception>
    /// <exception cref="GenerationException">The model's logits are broken; the conversation stays as it was before.</exception>
    public GeneratedText Answer(string message, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        _messages.Add(new("user", message));
        GeneratedText? answer = null;
        try
        {
            answer = Continue(onText, cancellation);
        }
        finally
        {
            if (answer is null or { Text: "", Reason: StopReason.Cancelled })
                _messages.RemoveAt(_messages.Count - 1);
            else
                _messages.Add(new("assistant", answer.Text));
        }
        return answer;
    }

    /// <summary>Begins anew, behind the system message.</summary>
    public void Reset()
    {
        _messages.Clear();
        _messages.AddRange(Beginning(system));
        Forget(0);
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    private GeneratedText Continue(Action<string>? onText, CancellationToken cancellation)
    {
        // The template writes the tokens that begin a text, too.
        var prompt = completion.Tokenizer.EncodeToIds(template.Render(_messages, addGenerationPrompt: true), addSpecialTokens: false);
        GeneratingSequence.Check(completion.Model.Config, prompt);
        var same = _seen.Zip(prompt).TakeWhile(t => t.First == t.Second).Count();
        // The last token must go through the model, whose logits say what follows.
        Forget(Math.Min(same, prompt.Count - 1));
        ReusedTokens = _seen.Count;
        using var sequence = completion.Sequence(prompt, _options, _messages.Count(m => m.Role == "assistant"), _cache);
        try
        {
            return completion.Run(sequence, onText, cancellation);
        }
        catch (OperationCanceledException)
        {
            sequence.End(StopReason.Cancelled);
            if (sequence.TakePiece() is { Length: > 0 } piece)
                onText?.Invoke(piece);
            return TextCompletion.Result(sequence);
        }
        finally
        {
            _seen.Clear();
            _seen.AddRange(prompt.Concat(sequence.Tokens).Take((int)_cache.Length));
        }
    }

    private void Forget(int from)
    {
        _cache.Truncate(from);
        var kept = (int)_cache.Length;
        _seen.RemoveRange(kept, _seen.Count - kept);
    }

    private static List<ChatMessage> Beginning(string? system) => system is null ? [] : [new("system", system)];

    // Models name the token that ends a text; the one that ends a turn is what their template writes behind an answer.
    private static GenerationOptions WithEndOfTurn(GenerationOptions options, HuggingFaceTokenizer tokenizer, ChatTemplate template)
    {
        const string Answer = "answer";
        var text = template.Render([new("user", "question"), new("assistant", Answer)]);
        var behind = text.LastIndexOf(Answer, StringComparison.Ordinal) is >= 0 and var at ? text[(at + Answer.Length)..] : "";
        foreach (var id in tokenizer.EncodeToIds(behind, addSpecialTokens: false))
            if (tokenizer.IsSpecial(id))
                return options with { StopTokens = [.. options.StopTokens, id] };
        // Spelled by other tokens, it ends the turn as a text does.
        return behind.Trim() is { Length: > 0 } spelled ? options with { StopStrings = [.. options.StopStrings, spelled] } : options;
    }
}
