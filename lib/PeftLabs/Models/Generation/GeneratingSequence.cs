namespace PeftLabs.Models.Generation;

/// <summary>One prompt and what continues it so far.</summary>
internal sealed class GeneratingSequence : IDisposable
{
    private readonly GenerationOptions _options;
    private readonly HashSet<int> _endTokens;
    private readonly TokenSampler _sampler;
    private readonly SeenTokens _seen = new();
    private readonly RandomBits _random;
    private readonly List<int> _tokens = [];
    private readonly bool _ownsCache;

    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="options">How it is continued.</param>
    /// <param name="index">Its place among the prompts.</param>
    /// <param name="cache">A cache that has seen the prompt's beginning and stays its owner's; null for one of its own.</param>
    /// <exception cref="ArgumentException">The prompt is empty, not of the model's tokens, or longer than the model takes.</exception>
    public GeneratingSequence(CausalLM model, IReadOnlyList<int> prompt, GenerationOptions options, int index = 0, KeyValueCache? cache = null)
    {
        Check(model.Config, prompt);
        (Prompt, _options, _sampler, _random) = (prompt, options, new(options), new(options.Seed + (ulong)index, "generation"));
        (Cache, _ownsCache) = (cache ?? new(model.Config, options.Cache, model.Device), cache is null);
        _endTokens = [.. options.StopTokens, .. options.IgnoreEndTokens ? [] : model.Config.EndTokens];
        MaxPositions = model.Config.MaxPositions;
        foreach (var token in prompt)
            _seen.Add(token);
    }

    /// <summary>The prompt.</summary>
    public IReadOnlyList<int> Prompt { get; }

    /// <summary>What attention has seen.</summary>
    public KeyValueCache Cache { get; }

    /// <summary>The tokens chosen so far; an end token is among them.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>The text, where one is wanted.</summary>
    public TextAssembler? Text { get; init; }

    /// <summary>Told each token as it is chosen.</summary>
    public Action<int>? OnToken { get; init; }

    /// <summary>Why it ended; null while it goes on.</summary>
    public StopReason? Reason { get; private set; }

    private string Piece { get; set; } = "";

    private int MaxPositions { get; }

    /// <summary>Chooses the next token from its logits, which are used up.</summary>
    /// <exception cref="GenerationException">The logits are broken.</exception>
    public void Choose(Span<float> logits)
    {
        var token = _sampler.Next(logits, _seen, _options.IsGreedy ? 0 : _random.Unit(_tokens.Count));
        _tokens.Add(token);
        _seen.Add(token);
        if (_endTokens.Contains(token))
            End(StopReason.EndToken);
        else
            Continue(token);
        OnToken?.Invoke(token);
    }

    /// <summary>Ends it.</summary>
    public void End(StopReason reason)
    {
        Reason = reason;
        Piece += Text?.Finish();
    }

    /// <summary>Gives the new text.</summary>
    public string TakePiece()
    {
        var piece = Piece;
        Piece = "";
        return piece;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsCache)
            Cache.Dispose();
    }

    private void Continue(int token)
    {
        Piece += Text?.Add(token);
        if (Text is { Stopped: true })
            End(StopReason.StopString);
        else if (_tokens.Count == _options.MaxNewTokens)
            End(StopReason.MaxNewTokens);
        else if (Prompt.Count + _tokens.Count == MaxPositions)
            End(StopReason.ContextFull);
    }

    /// <summary>Refuses a prompt that a model cannot continue.</summary>
    /// <exception cref="ArgumentException">It is empty, not of the model's tokens, or longer than the model takes.</exception>
    public static void Check(ModelConfig config, IReadOnlyList<int> prompt)
    {
        if (prompt.Count == 0)
            throw new ArgumentException("The prompt is empty; it needs at least one token.", nameof(prompt));
        if (prompt.Count >= config.MaxPositions)
            throw new ArgumentException($"The prompt has {prompt.Count} tokens; the model has positions for {config.MaxPositions}, "
                + "prompt and text together.", nameof(prompt));
        foreach (var (place, token) in prompt.Index())
            if (token < 0 || token >= config.VocabularySize)
                throw new ArgumentException(
                    $"Token {place} of the prompt is {token}; the model has tokens 0 to {config.VocabularySize - 1}.", nameof(prompt));
    }
}
