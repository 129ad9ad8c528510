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

    /// <summary>Copies the first tokens at once, which is faster than one by one.</summary>
    /// <param name="ids">Takes as many ids as it has room for; no more than there are.</param>
    /// <param name="labels">Takes the ids of those that are learned, at their places; the others are left as they are.</param>
    /// <exception cref="ArgumentException">There are fewer tokens than <paramref name="ids"/> takes, or less room for labels.</exception>
    public void CopyTo(Span<long> ids, Span<long> labels)
    {
        if (ids.Length > Ids.Count || labels.Length < ids.Length)
            throw new ArgumentException($"{ids.Length} ids and {labels.Length} labels were asked for; there are {Ids.Count} tokens, and each needs both.");
        if (Ids is StoredTokens stored && PromptTokens == 0 && _learned is StoredMask mask && ReferenceEquals(mask.Tokens, stored))
        {
            stored.CopyTo(ids, labels);
            return;
        }
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = Ids[i];
            if (IsLearned(i))
                labels[i] = ids[i];
        }
    }
}
