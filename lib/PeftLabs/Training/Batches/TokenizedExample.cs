namespace PeftLabs.Training;

/// <summary>A text to learn, as token ids; the prompt's are read but not learned.</summary>
/// <param name="Ids">All tokens, the prompt first.</param>
/// <param name="PromptTokens">How many of them are the prompt's, and so left out of the loss.</param>
public sealed record TokenizedExample(IReadOnlyList<int> Ids, int PromptTokens = 0)
{
    private readonly IReadOnlyList<bool>? _learned;

    /// <summary>
    /// For each token whether it is learned, where that is not simply all behind a prompt: in a conversation it is what the assistant says.
    /// </summary>
    /// <exception cref="ArgumentException">There are more or fewer than tokens, or there is a prompt beside.</exception>
    public IReadOnlyList<bool>? Learned
    {
        get => _learned;
        init
        {
            if (value is not null && value.Count != Ids.Count)
                throw new ArgumentException($"{nameof(Learned)} has {value.Count} elements; it must have one for each of the {Ids.Count} tokens.");
            if (value is not null && PromptTokens != 0)
                throw new ArgumentException($"{nameof(PromptTokens)} is {PromptTokens}; it must be 0 where {nameof(Learned)} is given.");
            _learned = value;
        }
    }

    /// <summary>How many tokens are learned.</summary>
    public int LearnedTokens => _learned?.Count(learned => learned) ?? Math.Max(0, Ids.Count - PromptTokens);

    /// <summary>Whether a token is learned.</summary>
    public bool IsLearned(int index) => _learned is null ? index >= PromptTokens : _learned[index];
}
